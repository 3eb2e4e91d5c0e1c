/** Workflows of GitHub Actions from the specification of an app. */
export { compareFiles, type Compared, type Status, workflowFiles, writeFiles } from "./files";
export type { StackWithCi } from "./subject";
