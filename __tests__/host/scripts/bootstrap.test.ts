import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AppChanges } from "../../helpers/fixtures";
import { ScriptHost } from "../../helpers/script-host";

let host: ScriptHost;
const incoming = () => path.join(host.appDir, ".incoming");
const unitDir = () => path.join(host.root, "etc/systemd/system");

beforeEach(() => {
  host = new ScriptHost();
  for (const file of fs.readdirSync(host.appDir)) {
    if (file !== "data") fs.rmSync(path.join(host.appDir, file), { recursive: true });
  }
  // The app is not up at first, and is from its first start on.
  host.standIn(
    "systemctl",
    'case "$*" in "is-active --quiet shop.service") [[ -e "$root/up" ]] ;; "restart shop.service") if [[ -e "$root/unwell" ]]; then exit 1; fi; touch "$root/up" ;; esac',
  );
  fetched();
});
afterEach(() => host.remove());

/** Puts a configuration into .incoming, with its sums; packages and swap have tests of their own. */
function fetched(changes: AppChanges = {}): void {
  fs.rmSync(incoming(), { recursive: true, force: true });
  host.install(changes, incoming());
  for (const script of ["packages", "swap"])
    host.write(path.join(incoming(), "libexec", script), `#!/bin/bash\ntouch ${host.root}/${script}\n`);
  const sums = "find . -type f ! -name files.md5 -printf '%P\\n' | sort | xargs md5sum >files.md5";
  execFileSync("bash", ["-c", sums], { cwd: incoming() });
}

const run = () => host.run(".incoming/bootstrap.sh");
const systemctl = () => host.calls("systemctl").map((call) => call.slice("systemctl ".length));

describe("the first run", () => {
  test("installs files and units, then starts data volume, Docker, containers in this order", () => {
    const { status, lines } = run();
    expect([status, lines]).toEqual([0, [`bootstrap.sh: done: shop-mvp is up; ${host.appDir}/bin/status shows it`]]);
    expect(host.mode("opt/shop/bin/update")).toBe("755");
    expect(host.mode("opt/shop/compose.yaml")).toBe("644");
    expect(fs.readlinkSync(path.join(host.appDir, "update.sh"))).toBe("bin/update");
    expect(fs.readlinkSync(path.join(host.appDir, ".env"))).toBe("images.env");
    expect(host.has("packages") && host.has("swap")).toBe(true);
    expect(fs.readdirSync(unitDir()).sort()).toEqual(
      expect.arrayContaining(["docker.service.d", "shop-data.service", "shop.service"]),
    );
    const started = systemctl().filter((call) => /^(start|restart|reload-or-restart|enable .*docker)/.test(call));
    expect(started.slice(0, 4)).toEqual([
      "reload-or-restart shop-data.service",
      "enable --quiet --now docker.service",
      "start shop-containers.service",
      "restart shop.service",
    ]);
    expect(started).toContain("start shop-metrics.timer");
    expect(systemctl().indexOf("daemon-reload")).toBeLessThan(
      systemctl().indexOf("reload-or-restart shop-data.service"),
    );
  });

  test("enables what has to come up at a boot", () => {
    run();
    const enabled = systemctl().find((call) => call.startsWith("enable --quiet shop")) ?? "";
    for (const unit of ["shop-data.service", "shop-containers.service", "shop.service", "shop-metrics.timer"]) {
      expect(enabled.split(" ")).toContain(unit);
    }
    expect(enabled).not.toContain("shop-secrets.service");
  });

  test("ends with what failed when the data volume is not there; nothing else starts", () => {
    host.standIn("systemctl", '[[ "$*" != "reload-or-restart shop-data.service" ]]');
    const { status, lines } = run();
    expect(status).toBe(1);
    expect(lines.slice(-2)).toEqual([
      "bootstrap.sh: the data volume is not in place; nothing was started; do what the lines above say",
      `bootstrap.sh: not done: see above; when the cause is gone, run: bash ${host.appDir}/bootstrap.sh`,
    ]);
    expect(systemctl().at(-1)).toBe("stop docker.socket docker.service");
    expect(host.calls("journalctl").at(-1)).toContain("--unit=shop-data.service");
  });

  test("starts timers although the app is unwell, and says so", () => {
    host.write("unwell", "");
    const { status, lines } = run();
    expect(status).toBe(1);
    expect(lines.at(-2)).toContain("bootstrap.sh: not everything runs; see");
    expect(systemctl()).toContain("start shop-metrics.timer");
  });
});

describe("a later run", () => {
  beforeEach(() => {
    run();
    host.forget();
  });

  test("without a change touches no file and no unit; a running app is reloaded, never restarted", () => {
    const files = () =>
      execFileSync("find", [host.appDir, unitDir(), "-type", "f", "-printf", "%P %T@ %i\n"], { encoding: "utf8" });
    const before = files();
    const { status } = host.run("bootstrap.sh");
    expect(status).toBe(0);
    const unchanged = (text: string) =>
      text
        .split("\n")
        .filter((line) => !line.startsWith(".units"))
        .sort();
    expect(unchanged(files())).toEqual(unchanged(before));
    expect(systemctl()).not.toContain("daemon-reload");
    expect(systemctl().filter((call) => /^(restart|stop)/.test(call))).toEqual([]);
    expect(systemctl()).toContain("reload shop.service");
    expect(systemctl().indexOf("start shop-secrets.service shop-images.service")).toBeLessThan(
      systemctl().indexOf("reload shop.service"),
    );
  });

  test("takes away what the new configuration does not have any more", () => {
    expect(host.has("etc/systemd/system/shop-job-report.timer")).toBe(true);
    fetched({ jobs: {}, ingress: { proxy: "nginx" } });
    expect(run().status).toBe(0);
    expect(host.has("etc/systemd/system/shop-job-report.timer")).toBe(false);
    expect(systemctl()).toContain("disable --quiet --now shop-job-report.timer");
    expect(host.has("opt/shop/caddy/Caddyfile")).toBe(false);
    expect(host.has("opt/shop/nginx/nginx.conf")).toBe(true);
  });

  test("leaves alone what the host itself has written beside the configuration", () => {
    host.write("opt/shop/images.env", "IMAGE_API='x'\n");
    fetched({ jobs: {} });
    run();
    expect(host.read("opt/shop/images.env")).toBe("IMAGE_API='x'\n");
  });

  test("a changed timer takes effect at once", () => {
    const timer = path.join(incoming(), "systemd/shop-job-report.timer");
    fs.appendFileSync(timer, "# changed\n");
    execFileSync("bash", ["-c", "md5sum $(cut -c 35- files.md5) >new; mv new files.md5"], { cwd: incoming() });
    run();
    expect(systemctl()).toContain("daemon-reload");
    expect(systemctl()).toContain("try-restart shop-job-report.timer");
  });
});

test("files that do not belong together are refused before anything changes", () => {
  fs.appendFileSync(path.join(incoming(), "compose.yaml"), "# of another version\n");
  const { status, lines } = run();
  expect(status).toBe(1);
  expect(lines).toContain(
    `bootstrap.sh: the files in ${incoming()} do not belong together; fetch them again: ${host.appDir}/bin/update --config`,
  );
  expect(host.has("opt/shop/compose.yaml")).toBe(false);
  expect(systemctl()).toEqual([]);
});

describe("beside a release", () => {
  /** Waits no time for a lock. */
  const IMPATIENT = 'if [[ "$1" == --wait ]]; then shift 2; fi; exec /usr/bin/flock --nonblock "$@"';
  /** Holds the lock of releases, and says so by the file `held`. */
  const HOLD =
    'exec 9>>"$1/run/shop/deploy.lock"; flock 9; echo "deploy r2 by ada" >&9; touch "$1/held"; exec sleep 60';

  test("changes nothing: it waits for a while, then is refused with 75 and told who is at work", async () => {
    const release = spawn("/bin/bash", ["-c", HOLD, "-", host.root]);
    try {
      await host.until("held");
      host.standIn("flock", IMPATIENT);
      const { status, lines } = run();
      expect([status, lines]).toEqual([
        75,
        [
          'bootstrap.sh: the lock "deploy" is taken: deploy r2 by ada; wait for it to end, then try again',
          `bootstrap.sh: not done: somebody else is at work; when that is done, run: ${host.appDir}/bin/update --config`,
        ],
      ]);
      expect(host.calls("flock")).toContain("flock --wait 120 9");
      expect([host.has("opt/shop/compose.yaml"), host.has("packages"), systemctl()]).toEqual([false, false, []]);
    } finally {
      release.kill("SIGKILL");
    }
  });

  test("starts the app outside of its lock, which that start takes", () => {
    host.standIn(
      "systemctl",
      'case "$1" in restart) flock --nonblock "$root/run/shop/deploy.lock" touch "$root/free" ;; is-active) exit 3 ;; esac',
    );
    expect(run().status).toBe(0);
    expect(host.has("free")).toBe(true);
  });
});

test(
  "the loader's part is done when the data volume and Docker are in place, also when the app is unwell",
  { timeout: 30_000 },
  () => {
    host.standIn("systemctl", '[[ "$*" != "reload-or-restart shop-data.service" ]]');
    expect(run().status).toBe(1);
    expect(host.has("opt/shop/.installed")).toBe(false);
    host.standIn("systemctl", '[[ "$*" != "restart shop.service" && "$1" != is-active ]]');
    expect(run().status).toBe(1);
    expect(host.has("opt/shop/.installed")).toBe(true);
  },
);

describe("fetch", () => {
  beforeEach(() => run());

  /** The bucket is the folder `bucket`. */
  const bucket = 'cp -a "$root/bucket/." "${@: -1}"';

  test("replaces .incoming as a whole", () => {
    fs.cpSync(incoming(), path.join(host.root, "bucket"), { recursive: true });
    host.write(path.join(incoming(), "old-file"), "");
    host.standIn("aws", bucket);
    expect(host.run("libexec/fetch")).toMatchObject({ status: 0 });
    expect(host.calls("aws")[0]).toContain("s3 cp --recursive --only-show-errors s3://shop-mvp-backups/host/ ");
    expect(host.has("opt/shop/.incoming/old-file")).toBe(false);
    expect(host.has("opt/shop/.incoming.new")).toBe(false);
  });

  test.each([
    ["the bucket does not answer", "exit 255"],
    ["Terraform is at work", `${bucket}; echo x >>"\${@: -1}/compose.yaml"`],
  ])("keeps what is there when %s", (_, aws) => {
    fs.cpSync(incoming(), path.join(host.root, "bucket"), { recursive: true });
    host.standIn("aws", aws);
    const { status, lines } = host.run("libexec/fetch");
    expect(status).toBe(1);
    expect(lines.at(-1)).toContain(
      "fetch: no whole configuration could be fetched from s3://shop-mvp-backups/host/; nothing was changed",
    );
    expect(host.calls("sleep")).toHaveLength(4);
    expect(run().status).toBe(0);
  });

  test("replaces nothing under the hands of an installation", () => {
    fs.cpSync(incoming(), path.join(host.root, "bucket"), { recursive: true });
    host.standIn("aws", bucket);
    host.standIn("flock", "exit 1");
    host.write(path.join(incoming(), "old-file"), "");
    const { status, lines } = host.run("libexec/fetch");
    expect([status, lines.at(-1)]).toEqual([75, expect.stringContaining('fetch: the lock "config" is taken')]);
    expect(host.has("opt/shop/.incoming/old-file")).toBe(true);
  });

  test("update --config fetches and installs; a failed fetch installs nothing", () => {
    fs.cpSync(incoming(), path.join(host.root, "bucket"), { recursive: true });
    host.standIn("aws", bucket);
    expect(host.run("bin/update", "--config").lines.at(-1)).toContain("bootstrap.sh: done:");
    host.standIn("aws", "exit 255");
    host.forget();
    expect(host.run("bin/update", "--config").status).toBe(1);
    expect(systemctl()).toEqual([]);
  });
});
