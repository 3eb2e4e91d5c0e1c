/** A folder that a host's scripts take for their host: the shipped files, and stand-ins for every program that reaches out. */
import { spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { hostConfig } from "../../modules/host/config";
import { type AppChanges, hostInput, shop } from "./fixtures";

/** Programs that no test may reach; each is a stand-in that succeeds unless the test says what it does. */
const STAND_INS = [
  ..."aws apt-get certbot chattr chown curl dnf docker dpkg dpkg-query e2fsck journalctl mount mountpoint rpm sleep snap".split(
    " ",
  ),
  ..."swapon sync systemctl systemd-tmpfiles timedatectl umount".split(" "),
];

export interface ScriptRun {
  readonly status: number | null;
  readonly stdout: string;
  /** Lines of the error output. */
  readonly lines: string[];
}

/** A script that runs. */
interface StartedScript {
  readonly pid: number;
  readonly ended: Promise<ScriptRun>;
}

export class ScriptHost {
  readonly root: string;
  readonly appDir: string;
  readonly runDir: string;
  readonly dataDir: string;
  private readonly bin: string;
  private readonly log: string;

  constructor(changes: AppChanges = {}) {
    this.root = fs.mkdtempSync(path.join(os.tmpdir(), "test-host-"));
    this.appDir = path.join(this.root, "opt/shop");
    this.runDir = path.join(this.root, "run/shop");
    this.dataDir = path.join(this.appDir, "data");
    this.bin = path.join(this.root, "stand-ins");
    this.log = path.join(this.root, "calls");
    for (const folder of [this.bin, this.runDir, path.join(this.dataDir, ".tierstack")]) {
      fs.mkdirSync(folder, { recursive: true });
    }
    this.install(changes);
    for (const name of STAND_INS) this.standIn(name, "");
    // "timeout" must not wait for real, and runs what it is given.
    this.standIn("timeout", 'while [[ "$1" == --* ]]; do shift; done; shift; "$@"');
  }

  remove(): void {
    fs.rmSync(this.root, { recursive: true, force: true });
  }

  /** Renders the app's configuration into the app's folder, or into another. */
  install(changes: AppChanges = {}, folder = this.appDir): void {
    const app = shop({ ...changes, host: { ...changes.host, appDir: this.appDir } });
    for (const { path: file, content, mode } of hostConfig(hostInput(app))) {
      this.write(path.join(folder, file), content.replaceAll("/run/shop", this.runDir), Number.parseInt(mode, 8));
    }
  }

  write(file: string, content: string, mode = 0o644): void {
    const target = path.resolve(this.root, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, content, { mode });
  }

  read(file: string): string {
    return fs.readFileSync(path.resolve(this.root, file), "utf8");
  }

  has(file: string): boolean {
    return fs.existsSync(path.resolve(this.root, file));
  }

  /** Lines like `mode uid:gid name` would depend on the user of the tests; the mode does not. */
  mode(file: string): string {
    return (fs.statSync(path.resolve(this.root, file)).mode & 0o777).toString(8);
  }

  /** Puts a program first on the PATH. Its calls are written down; `$root` in its text is the host's folder. */
  standIn(name: string, text: string): void {
    const script = `#!/bin/bash\nroot='${this.root}'\nprintf '%s\\n' "${name} $*" >>'${this.log}'\n${text}\n`;
    fs.writeFileSync(path.join(this.bin, name), script, { mode: 0o755 });
  }

  /** The calls of stand-ins since the last {@link forget}, in their order; of one program when it is named. */
  calls(name?: string): string[] {
    if (!fs.existsSync(this.log)) return [];
    const lines = fs.readFileSync(this.log, "utf8").trimEnd().split("\n");
    return name === undefined ? lines : lines.filter((line) => line === name || line.startsWith(`${name} `));
  }

  forget(): void {
    fs.rmSync(this.log, { force: true });
  }

  run(script: string, ...args: string[]): ScriptRun {
    return this.runWith({}, script, ...args);
  }

  runWith(environment: Readonly<Record<string, string>>, script: string, ...args: string[]): ScriptRun {
    const { status, stdout, stderr } = spawnSync("/bin/bash", [path.join(this.appDir, script), ...args], {
      encoding: "utf8",
      env: this.environment(environment),
    });
    return { status, stdout, lines: stderr.trimEnd().split("\n") };
  }

  /** Starts a script in a process group of its own, to be sent signals while it runs. */
  start(script: string, ...args: string[]): StartedScript {
    return this.startWith({}, script, ...args);
  }

  startWith(environment: Readonly<Record<string, string>>, script: string, ...args: string[]): StartedScript {
    const child = spawn("/bin/bash", [path.join(this.appDir, script), ...args], {
      env: this.environment(environment),
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const ended = new Promise<ScriptRun>((resolve) => {
      child.on("close", (status) => resolve({ status, stdout, lines: stderr.trimEnd().split("\n") }));
    });
    return { pid: child.pid ?? 0, ended };
  }

  /** Waits until a file is there. */
  async until(file: string, seconds = 60): Promise<void> {
    for (const end = Date.now() + seconds * 1000; !this.has(file);) {
      if (Date.now() > end) throw new Error(`${file} is not there after ${seconds} s`);
      await pause(20);
    }
  }

  /** Waits until nothing that a script of this host started is at work: what outlives its caller still writes. */
  async quiet(seconds = 60): Promise<void> {
    for (const end = Date.now() + seconds * 1000; this.processes().length > 0;) {
      if (Date.now() > end) throw new Error(`after ${seconds} s these still run: ${this.processes().join(", ")}`);
      await pause(20);
    }
  }

  /** Ids of the processes with this host's environment. */
  private processes(): string[] {
    return fs
      .readdirSync("/proc")
      .filter((id) => /^\d+$/.test(id) && environmentOf(id).includes(`HOST_ROOT=${this.root}`));
  }

  private environment(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
    return {
      PATH: `${this.bin}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`,
      HOST_ROOT: this.root,
      HOME: this.root,
      LC_ALL: "C.UTF-8",
      ...more,
    };
  }
}

/** Empty when the process has ended meanwhile. */
function environmentOf(id: string): string[] {
  try {
    return fs.readFileSync(`/proc/${id}/environ`, "utf8").split("\0");
  } catch {
    return [];
  }
}

/**
 * A stand-in for the AWS CLI with Parameter Store and Secrets Manager in the folder `aws`: a file per name, "/" written
 * as "_". What the file `aws/fails` names as a regular expression over the arguments fails like a service that is down.
 */
export const AWS_STAND_IN = String.raw`
shift 4
store="$root/aws"
mkdir -p "$store"
value_of() { cat "$store/"$(printf '%s' "$1" | tr '/:' '__'); }
missing() { echo "An error occurred ($1) when calling the operation: not there" >&2; exit 254; }
if [[ -e "$store/fails" && "$*" =~ $(<"$store/fails") ]]; then echo "Could not connect to the endpoint URL" >&2; exit 255; fi
option() { local wanted="$1"; shift; while (($# > 1)); do if [[ "$1" == "$wanted" ]]; then printf '%s' "$2"; return; fi; shift; done; }
case "$1 $2" in
  "ssm get-parameter")
    value="$(value_of "$(option --name "$@")" 2>/dev/null)" || missing ParameterNotFound
    if [[ "$(option --output "$@")" == text ]]; then printf '%s\n' "$value"; else jq -n --arg value "$value" '{ Parameter: { Value: $value, Version: 3 } }'; fi ;;
  "ssm put-parameter")
    if [[ " $* " == *" --overwrite "* ]]; then
      printf '%s' "$(option --value "$@")" >"$store/$(option --name "$@" | tr '/:' '__')"; exit
    fi
    request="$(option --cli-input-json "$@")"; request="\${request#file://}"
    target="$store/$(jq -r .Name "$request" | tr '/:' '__')"
    cp "$request" "$store/last-request"
    if [[ -e "$target.race" ]]; then mv "$target.race" "$target"; fi
    if [[ -e "$target" ]]; then missing ParameterAlreadyExists; fi
    jq -j .Value "$request" >"$target" ;;
  "secretsmanager get-secret-value")
    value="$(value_of "$(option --secret-id "$@")" 2>/dev/null)" || missing ResourceNotFoundException
    jq -n --arg value "$value" '{ SecretString: $value }' ;;
  "secretsmanager put-secret-value")
    request="$(option --cli-input-json "$@")"; request="\${request#file://}"
    jq -j .SecretString "$request" >"$store/$(jq -r .SecretId "$request" | tr '/:' '__')" ;;
  "ecr get-login-password") echo a-token ;;
esac`.replaceAll("\\${", "${");
