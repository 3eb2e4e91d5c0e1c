/** Mistakes in shell scripts. */
import type { SourceFault } from "./plant";

function inScript(name: string, id: string, change: (text: string) => string, file = "bin/count-words"): SourceFault {
  return { name: `shell-${name}`, reportedBy: { shellcheck: id }, file, change };
}

const added = (line: string) => (text: string) => `${text}${line}\n`;

export const shellFaults: readonly SourceFault[] = [
  inScript("unquoted-variable", "SC2086", added("ls $1")),
  inScript("removal-that-can-reach-the-root", "SC2115", added('rm -rf "$1/"*')),
  inScript("spaces-around-an-assignment", "SC2283", added("count = 1")),
  inScript("bash-test-in-sh", "SC3010", (text) => text.replace("#!/bin/bash", "#!/bin/sh") + "[[ -n $1 ]]\n"),
  inScript("pipefail-in-sh", "SC3040", (text) => text.replace("#!/bin/bash", "#!/bin/sh")),
  inScript("loop-over-the-output-of-ls", "SC2045", added('for file in $(ls ./*); do echo "$file"; done')),
  inScript("quote-never-closed", "SC1073", added('echo "never closed')),
  inScript("cd-that-may-fail", "SC2164", (text) => text.replace("set -euo pipefail", 'cd "$1"')),
  inScript("masked-exit-code", "SC2155", added('export WORDS="$(words "$1")"')),
  inScript("source-that-is-missing", "SC1091", (text) => text.replaceAll("words.sh", "verbs.sh")),
  inScript("style", "SC2006", added('echo "`words "$1"`"')),
  inScript("fault-in-a-library", "SC2086", added("ls $1"), "lib/words.sh"),
  inScript("variable-that-nobody-sets", "SC2154", added('echo "$unset"'), "lib/words.sh"),
];
