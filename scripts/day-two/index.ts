/** What a person does with a deployed stack from day two on, seen from a laptop. */
export { readAlarms, readBackupAge, readInstance, readReleased, told } from "./aws-view";
export { commandSession, shellSession } from "./exec";
export { parseHostSmoke, parseHostStatus } from "./host-report";
export { describeLine, followLogs, type LogGroup, type LogLine, readLogs } from "./logs";
export { changeSecret, type SecretChanged } from "./secret-change";
export { readValue } from "./secret-input";
export { describeSecrets, listSecrets } from "./secret-list";
export { openSecretStore, readCommand, type SecretStore } from "./secret-store";
export { secretUses } from "./secret-uses";
export { generateValue, valueProblem } from "./secret-value";
export { findPlugin, holdSession } from "./session";
export { checkBackup, checkFromHere, checksOfHost, describeSmoke, smokeCode, type SmokeReport } from "./smoke";
export { smokePlan } from "./smoke-plan";
export { describeStatus, statusCode, statusOf } from "./status";
export { addressIn, addressQuestion, chooseLocalPort, tunnelSession, type TunnelTarget } from "./tunnel";
export { containerOf } from "./where";
