/** Mistakes in GitHub workflows: actionlint knows the language, zizmor the ways in. */
import type { Fault, SourceFault } from "./plant";

function inWorkflow(name: string, reportedBy: Fault["reportedBy"], change: (text: string) => string): SourceFault {
  return { name: `workflow-${name}`, reportedBy, file: ".github/workflows/test.yml", change };
}

const replaced = (from: string, to: string) => (text: string) => text.replace(from, () => to);

const INJECTION = "printf 'testing %s\\n' \"${{ github.head_ref }}\"";

export const workflowFaults: readonly SourceFault[] = [
  inWorkflow("unknown-job", { actionlint: "job-needs" }, replaced("[test]", "[tst]")),
  inWorkflow("unknown-key", { actionlint: "syntax-check" }, replaced("branches:", "branch:")),
  inWorkflow("unknown-runner", { actionlint: "runner-label" }, replaced("ubuntu-24.04", "ubuntu-24.40")),
  inWorkflow("unknown-context", { actionlint: "expression" }, replaced("github.ref }}", "github.reff }}")),
  inWorkflow("shell-fault-in-run", { actionlint: "shellcheck" }, replaced('"$BRANCH"', "$BRANCH")),
  inWorkflow(
    "injection",
    { actionlint: "expression", zizmor: "template-injection" },
    replaced("printf 'testing %s\\n' \"$BRANCH\"", INJECTION),
  ),
  inWorkflow("privileged-trigger", { zizmor: "dangerous-triggers" }, replaced("pull_request:", "pull_request_target:")),
  inWorkflow(
    "every-permission",
    { zizmor: "excessive-permissions" },
    replaced("permissions: {}", "permissions: write-all"),
  ),
  inWorkflow("unpinned-action", { zizmor: "unpinned-uses" }, (text) => text.replace(/@[0-9a-f]{40} # \S+/, "@v5")),
  inWorkflow(
    "credentials-left-behind",
    { zizmor: "artipacked" },
    replaced("persist-credentials: false", "fetch-depth: 0"),
  ),
  inWorkflow("permission-without-reason", { zizmor: "undocumented-permissions" }, (text) =>
    text.replace(/contents: read #.*/, "contents: write"),
  ),
];
