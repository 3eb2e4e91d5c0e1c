/** What a person does with a deployed stack from day two on, seen from a laptop. */
export { commandSession, shellSession } from "./exec";
export { describeLine, followLogs, type LogGroup, type LogLine, readLogs } from "./logs";
export { findPlugin, holdSession } from "./session";
export { addressIn, addressQuestion, chooseLocalPort, tunnelSession, type TunnelTarget } from "./tunnel";
export { containerOf } from "./where";
export { changeSecret, type SecretChanged } from "./secret-change";
export { parameterStore, readCommand, type SecretStore } from "./secret-store";
export { type SecretUses, secretUses } from "./secret-uses";
export { generateValue, valueProblem, withoutLineEnd } from "./secret-value";
export { readValue } from "./secret-input";
export { describeSecrets, listSecrets } from "./secret-list";
