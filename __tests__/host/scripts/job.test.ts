import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { API_2, image, ReleaseHost, reportOf } from "../../helpers/release-host";

const SLOW = { timeout: 60_000 };
const USER = os.userInfo().username;
/** As systemd sets it for a unit's run. */
const UNIT = { INVOCATION_ID: "a-run-of-the-unit" };
const CONTAINER = "containers/shop-job-report";

let host: ReleaseHost;
beforeEach(() => {
  host = new ReleaseHost();
});
afterEach(() => host.remove());

const job = (...args: string[]) => host.run("bin/release", "job", ...args);
const goOn = () => fs.rmSync(path.join(host.root, "pause"), { force: true });
const holderIn = (file: string) => /process (\d+),/.exec(host.read(`run/shop/${file}.lock`))?.[1] ?? "";

/** By hand, up to where its container runs. */
async function started(name = "report") {
  host.write("pause", `run .*job-${name}`);
  const running = host.start("bin/release", "job", name, "--json");
  await host.until("paused");
  return running;
}

/** By its timer's unit. */
async function timed() {
  host.write("pause", "run .*job-report");
  const running = host.startWith(UNIT, "libexec/job", "report");
  await host.until("paused");
  return running;
}
/** What systemd calls when the unit has ended. */
const afterwards = () => host.runWith(UNIT, "libexec/job", "--after", "report");

describe("a job by hand", () => {
  test("of any kind runs in the released image, and says how it ended", () => {
    const { status, stdout } = job("report", "--json");
    expect([status, JSON.parse(stdout)]).toEqual([0, { job: "report", exitCode: 0, seconds: expect.any(Number) }]);
    expect(host.calls("docker").at(-1)).toMatch(/ run .*--name shop-job-report .* job-report$/);
    host.write("bad-jobs", "job-report\n");
    const failed = job("report", "--json");
    expect([failed.status, failed.lines.at(-1)]).toEqual([1, "job: report ended with 1"]);
    expect(JSON.parse(failed.stdout)).toMatchObject({ exitCode: 1 });
  });

  test("is refused with 75 while another one is at work, and told who", () => {
    host.standIn("flock", "exit 1");
    host.write("run/shop/deploy.lock", "deploy r2 by ada\n");
    const { status, stdout } = job("report", "--json");
    expect([status, JSON.parse(stdout)]).toEqual([
      75,
      { job: "report", result: "refused", reason: "another one is at work", holder: "deploy r2 by ada" },
    ]);
    expect(job("report")).toMatchObject({ status: 75, stdout: "" });
  });

  test("that runs once has done so then", () => {
    fs.rmSync(path.join(host.dataDir, ".tierstack/once/admin"));
    expect(job("admin").status).toBe(0);
    expect(host.has("opt/shop/.admin-made")).toBe(true);
  });

  test.each([
    ["an unknown one", "nightly", 2, 'there is no job "nightly"; choose one of: migrate admin report'],
    ["one whose service is not released", "report", 1, "web, whose image report runs in, is not released"],
  ])("is refused when it is %s", (_, name, status, message) => {
    host.write("opt/shop/images.env", "IMAGE_API='a'\n");
    const ran = job(name);
    expect([ran.status, ran.lines.join("\n")]).toEqual([status, expect.stringContaining(message)]);
    expect(host.calls("docker").join("\n")).not.toContain(" run ");
  });

  test("goes on to its end when its caller is killed with its whole group, and is remembered", SLOW, async () => {
    fs.rmSync(path.join(host.dataDir, ".tierstack/jobs-done"));
    const running = await started("migrate");
    process.kill(-running.pid, "SIGKILL");
    await running.ended;
    await pause(300);
    expect(host.read("containers/shop-job-migrate")).toMatch(/^running\n/);
    goOn();
    await host.until("opt/shop/data/.tierstack/jobs-done");
    await host.quiet();
    expect(host.read("opt/shop/data/.tierstack/jobs-done")).toBe(`job-migrate ${image("api", 1)}\n`);
    expect(host.has("containers/shop-job-migrate")).toBe(false);
  });

  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("ends with its container by %s", SLOW, async (signal) => {
    const running = await started();
    process.kill(running.pid, signal);
    const { status, stdout, lines } = await running.ended;
    expect([status, JSON.parse(stdout)], lines.join("\n")).toEqual([
      1,
      { job: "report", result: "failed", reason: "report was stopped by a signal; its container is gone" },
    ]);
    expect([host.has("pause"), host.has(CONTAINER)]).toEqual([true, false]);
    await host.quiet();
  });

  test("whose process is killed leaves no container", SLOW, async () => {
    const running = await started();
    process.kill(Number(holderIn("deploy")), "SIGKILL");
    const { status, stdout, lines } = await running.ended;
    expect([status, JSON.parse(stdout)]).toEqual([
      1,
      { job: "report", result: "failed", reason: "its process was killed" },
    ]);
    expect(lines.at(-1)).toBe("release: the process of report was killed; its container is gone");
    expect(host.has(CONTAINER)).toBe(false);
    await host.quiet();
  });
});

describe("a job by its timer", () => {
  test("runs, and leaves nothing", () => {
    expect(host.runWith(UNIT, "libexec/job", "report")).toMatchObject({
      status: 0,
      lines: ["job: running job-report"],
    });
    expect(afterwards().status).toBe(0);
    expect(host.has(CONTAINER)).toBe(false);
  });

  test("does not hold up a release", SLOW, async () => {
    const running = await timed();
    expect(host.deploy("--no-backup", API_2).status).toBe(0);
    expect(host.has(CONTAINER)).toBe(true);
    goOn();
    expect((await running.ended).status).toBe(0);
  });

  test.each<[string, (pid: number) => void]>([
    ["SIGTERM to all of its unit", (pid) => process.kill(-pid, "SIGTERM")],
    ["SIGTERM to itself", (pid) => process.kill(pid, "SIGTERM")],
  ])("ends with its container by %s", SLOW, async (_, stop) => {
    const running = await timed();
    stop(running.pid);
    const { status, lines } = await running.ended;
    expect([status, lines.at(-1)]).toEqual([1, "job: report was stopped by a signal; its container is gone"]);
    expect(host.has(CONTAINER)).toBe(false);
  });

  test("that is killed has its container ended when its unit ends", SLOW, async () => {
    const running = await timed();
    process.kill(-running.pid, "SIGKILL");
    await running.ended;
    expect(host.has(CONTAINER)).toBe(true);
    afterwards();
    expect(host.has(CONTAINER)).toBe(false);
  });
});

describe("one that runs already goes on", () => {
  test("when its timer comes: that is refused with 75 and told who", SLOW, async () => {
    const running = await started();
    const second = host.runWith(UNIT, "libexec/job", "report");
    expect([second.status, second.lines]).toEqual([
      75,
      [
        expect.stringMatching(
          `^job: the lock "job-report" is taken: job report by ${USER}, process \\d+, since 20\\S+Z; wait for it to end, then try again$`,
        ),
      ],
    ]);
    afterwards();
    expect(host.has(CONTAINER)).toBe(true);
    goOn();
    expect(await running.ended).toMatchObject({ status: 0 });
  });

  test("when a person starts what its timer runs: he is refused with 75 and told who", SLOW, async () => {
    const running = await timed();
    const { status, stdout, lines } = job("report", "--json");
    expect([status, JSON.parse(stdout)], lines.join("\n")).toEqual([
      75,
      {
        job: "report",
        result: "refused",
        reason: "another one is at work",
        holder: expect.stringMatching(/^job report by its timer, process \d+, since 20\S+Z$/),
      },
    ]);
    goOn();
    expect((await running.ended).status).toBe(0);
  });

  const ORPHAN = "running\n\nanother-starter\njob migrate by ada\n";
  const GOES_ON =
    "job migrate by ada, in the container shop-job-migrate, which goes on although its starter was killed";

  test("when its starter was killed, also before a release: that fails and ends nothing", () => {
    host.write("containers/shop-job-migrate", ORPHAN);
    expect(job("migrate")).toMatchObject({
      status: 75,
      lines: [`job: the lock "job-migrate" is taken: ${GOES_ON}; wait for it to end, then try again`],
    });
    const release = host.deploy("--no-backup", API_2);
    expect([release.status, reportOf(release).result]).toEqual([1, "failed"]);
    expect(reportOf(release).reason).toContain(GOES_ON);
    expect(host.read("containers/shop-job-migrate")).toBe(ORPHAN);
    expect(host.changed()).toEqual([]);
  });

  test("and what has ended and was left is taken away", () => {
    host.write(CONTAINER, "exited\n");
    expect(job("report").status).toBe(0);
  });
});

test("the job of a release whose process is killed ends with it", SLOW, async () => {
  host.write("pause", "run .*job-migrate");
  const release = host.start("bin/release", "deploy", "--id", "r2", "--by", "ada", "--json", API_2);
  await host.until("paused");
  expect(host.read("containers/shop-job-migrate")).toContain("\ndeploy r2 by ada\n");
  execFileSync("pkill", ["-KILL", "--session", holderIn("deploy")]);
  expect((await release.ended).status).toBe(1);
  expect(host.has("containers/shop-job-migrate")).toBe(false);
});
