/** Releases of a deployed stack, seen from a laptop: images, and what the host says of them. */
export { buildImage, localName, planBuilds, platformOf, removeImage } from "./build";
export { type Builder, chooseBuilder, type LocalImage } from "./builder";
export { line, messageOf, releaseId, releaseWords } from "./identity";
export { preparePushes, pushImage, type Pushed, type PushPlan } from "./push";
export { markReleased, openRegistry, parseRepository, type Repository, signIn } from "./registry";
export { describeHistory, describeReport, parseHistory, parseReport, type Report } from "./report";
export { resolveAll, type ResolvedImage, resolveReference, resolveTag } from "./resolve";
export { type SignedIn, withSignIn } from "./sign-in";
export { readSource, requireSameSource } from "./source";
