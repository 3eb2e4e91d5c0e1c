/** Mistakes in what cloud-init gets. */
import { type Fault, block } from "./plant";

function inUserData(name: string, reportedBy: Fault["reportedBy"], change: (text: string) => string): Fault {
  return {
    name: `user-data-${name}`,
    reportedBy,
    plant: (stack) => {
      const instance = block(stack, "aws_instance", ({ user_data: text }) => typeof text === "string");
      const before = instance.user_data as string;
      instance.user_data = change(before);
      if (instance.user_data === before) throw new Error("the fault changes nothing in the user data");
    },
  };
}

const by = (id: string, text?: RegExp): Fault["reportedBy"] => ({ "cloud-init": { id, text } });

/** User data of the other kind, as a team might replace the script by. */
const config =
  (...lines: string[]) =>
  () =>
    ["#cloud-config", ...lines, ""].join("\n");

export const userDataFaults: readonly Fault[] = [
  inUserData("without-interpreter", by("UNKNOWN_TYPE"), (text) => text.replace(/^#!.*\n/, "")),
  inUserData("after-an-empty-line", by("LATE_START"), (text) => `\n${text}`),
  inUserData("with-a-relative-interpreter", by("INTERPRETER"), (text) => text.replace("#!/", "#!")),
  inUserData("with-windows-line-ends", by("CRLF"), (text) => text.replaceAll("\n", "\r\n")),
  inUserData("too-long", by("TOO_LONG"), (text) => `${text}${"# filler\n".repeat(1820)}`),
  inUserData("config-packages-as-text", by("SCHEMA", /packages.*not of type 'array'/), config("packages: docker")),
  inUserData("config-command-as-text", by("SCHEMA", /runcmd/), config("runcmd: systemctl enable docker")),
  inUserData("config-file-without-path", by("SCHEMA", /write_files/), config("write_files:", "  - pth: /etc/app.env")),
  inUserData("config-key-misspelt", by("UNKNOWN_KEY", /package_updat\b/), config("package_updat: true")),
  inUserData("config-that-is-no-yaml", by("YAML"), config("packages: [docker")),
  inUserData("unquoted-removal", { "shellcheck-stacks": "SC2086" }, (text) => `${text}rm -rf $app_dir/$unset\n`),
  inUserData("never-ending-quote", { "shellcheck-stacks": "SC1073" }, (text) => `${text}echo "never closed\n`),
];
