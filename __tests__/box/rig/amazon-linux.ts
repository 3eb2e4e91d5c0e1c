/** Amazon Linux 2023 as far as the host's scripts look: its name, and stand-ins for what only it has. */
import type { Box } from "./box";

const KNOWN = "/var/lib/rehearsal/packages";

/** A package that was asked for is there from then on. */
const DNF = `#!/bin/bash
set -euo pipefail
while [[ "$1" == -* ]]; do shift; done
printf 'dnf %s\\n' "$*" >>/var/log/rehearsal-packages.log
printf '%s\\n' "\${@:2}" >>${KNOWN}
`;

const RPM = `#!/bin/bash
set -euo pipefail
for package in "$@"; do
  if [[ "$package" != -* ]]; then grep --quiet --line-regexp --fixed-strings -- "$package" ${KNOWN}; fi
done
`;

/** GitHub sends what a test has put there; until then something else than what was asked for. */
const CURL = `#!/bin/bash
set -euo pipefail
if [[ "$*" != *https://github.com/docker/compose/releases/* ]]; then exec /usr/bin/curl "$@"; fi
while [[ "$1" != --output ]]; do shift; done
cp /var/lib/rehearsal/download "$2"
`;

const RELEASE = `NAME="Amazon Linux"
VERSION="2023"
ID="amzn"
ID_LIKE="fedora"
VERSION_ID="2023"
PRETTY_NAME="Amazon Linux 2023 (rehearsal: Debian 13)"
`;

/** Prepares a box that has not been on yet. */
export function placeAmazonLinux(box: Box): void {
  box.place("/etc/os-release", RELEASE);
  box.place("/usr/local/bin/dnf", DNF, 0o755);
  box.place("/usr/local/bin/rpm", RPM, 0o755);
  box.place("/usr/local/bin/curl", CURL, 0o755);
  box.place("/usr/local/bin/aws", '#!/bin/sh\nexec /usr/lib/rehearsal/aws "$@"\n', 0o755);
  box.place(KNOWN, "");
  box.place("/var/lib/rehearsal/download", "not what was asked for\n");
  box.place("/etc/systemd/system/dnf-automatic.service", "[Service]\nType=oneshot\nExecStart=/bin/true\n");
  box.place(
    "/etc/systemd/system/dnf-automatic.timer",
    "[Timer]\nOnCalendar=daily\n[Install]\nWantedBy=timers.target\n",
  );
}
