import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DOCKER_STAND_IN } from "../../helpers/docker-stand-in";
import { API_2, image, ReleaseHost, reportOf, WHO } from "../../helpers/release-host";
import { AWS_STAND_IN } from "../../helpers/script-host";

const SLOW = { timeout: 60_000 };

let host: ReleaseHost;
beforeEach(() => {
  host = new ReleaseHost();
});
afterEach(() => host.remove());

describe("a deploy that is interrupted", () => {
  /** A call of each phase. */
  const CALLS = { pull: "^pull ", jobs: "run .*job-migrate", start: " up .* api web" };

  async function paused(call: string) {
    host.write("pause", call);
    const release = host.start("bin/release", "deploy", ...WHO, API_2);
    await host.until("paused");
    return release;
  }
  const goOn = () => fs.rmSync(path.join(host.root, "pause"), { force: true });
  const group = (pid: number, signal: NodeJS.Signals) => process.kill(-pid, signal);

  test.each([
    ["pull", "SIGTERM"],
    ["jobs", "SIGTERM"],
    ["jobs", "SIGINT"],
    ["start", "SIGTERM"],
    ["start", "SIGHUP"],
  ] as const)("in the phase %s by %s goes back at once", SLOW, async (phase, signal) => {
    const release = await paused(CALLS[phase]);
    process.kill(release.pid, signal);
    await pause(300);
    goOn();
    const ran = await release.ended;
    expect([ran.status, reportOf(ran).result], ran.lines.join("\n")).toEqual([1, "taken back"]);
    expect(reportOf(ran).reason).toContain(`stopped by a signal in the phase "${phase}"`);
    expect(host.changed()).toEqual([]);
  });

  test("does not wait for what the phase is doing", SLOW, async () => {
    const release = await paused("run .*job-migrate");
    process.kill(release.pid, "SIGTERM");
    expect((await release.ended).status).toBe(1);
    expect(host.has("pause")).toBe(true);
  });

  test("when the images before are not well either, their reason is told", SLOW, async () => {
    const release = await paused(CALLS.start);
    host.write("bad", `${image("api", 1)}\n`);
    process.kill(release.pid, "SIGTERM");
    await pause(300);
    goOn();
    const ran = await release.ended;
    expect([ran.status, reportOf(ran).reason], ran.lines.join("\n")).toEqual([
      3,
      expect.stringContaining("and the images before are not well: api is running unhealthy"),
    ]);
  });

  test.each<[string, () => unknown]>([
    ["because its app is stopped", () => host.run("libexec/stop")],
    [
      "because it shuts down",
      () => host.standIn("systemctl", 'if [[ "$1" == is-system-running ]]; then echo stopping; exit 1; fi'),
    ],
  ])("on a host that stops %s starts nothing; the next start is of the images before", SLOW, async (_, stop) => {
    const release = await paused(CALLS.start);
    host.write("bad", `${image("api", 2)}\n`);
    stop();
    host.forget();
    goOn();
    const ran = await release.ended;
    expect([ran.status, reportOf(ran).result, reportOf(ran).reason], ran.lines.join("\n")).toEqual([
      1,
      "taken back",
      expect.stringContaining("; the host is stopping, and starts the images before next time"),
    ]);
    expect(host.calls("docker").filter((call) => call.includes(" up "))).toEqual([]);
    expect(host.run("libexec/start").status).toBe(0);
    expect([host.has("run/shop/stopping"), host.changed()]).toEqual([false, []]);
  });

  test("a stop of earlier does not keep a release from going back", () => {
    host.run("libexec/stop");
    host.write("bad", `${image("api", 2)}\n`);
    expect(reportOf(host.deploy(API_2)).result).toBe("taken back");
    expect(host.changed()).toEqual([]);
  });

  test("while what is released is written: the first parameter is written back", SLOW, async () => {
    host.standIn(
      "aws",
      `if [[ "$*" == *"image/api --value"* && ! -e "$root/paused" ]]; then touch "$root/paused"; /bin/sleep 1; fi\n${AWS_STAND_IN}`,
    );
    const release = host.start("bin/release", "deploy", ...WHO, API_2, `web=${image("web", 2)}`);
    await host.until("paused");
    process.kill(release.pid, "SIGTERM");
    const ran = await release.ended;
    expect([ran.status, reportOf(ran).reason], ran.lines.join("\n")).toEqual([
      1,
      'stopped by a signal in the phase "write"',
    ]);
    expect(host.changed()).toEqual([]);
  });

  test("a second signal does not end the way back", SLOW, async () => {
    host.write("bad", `${image("api", 2)}\n`);
    host.standIn(
      "docker",
      DOCKER_STAND_IN.replace('"logs "*', "").replace(
        'case "$*" in',
        'case "$*" in "logs "*) touch "$root/back"; /bin/sleep 1 ;;',
      ),
    );
    const release = host.start("bin/release", "deploy", ...WHO, API_2);
    await host.until("back");
    for (let count = 0; count < 5; count += 1) {
      process.kill(release.pid, "SIGTERM");
      await pause(100);
    }
    const ran = await release.ended;
    expect([ran.status, reportOf(ran).result], ran.lines.join("\n")).toEqual([1, "taken back"]);
    expect(host.changed()).toEqual([]);
  });

  test("when its caller is killed with its whole group it goes on to its end", SLOW, async () => {
    const release = await paused(" up .* api web");
    group(release.pid, "SIGKILL");
    await release.ended;
    goOn();
    await host.until("opt/shop/data/.tierstack/releases.jsonl");
    await host.quiet();
    expect(host.history()).toMatchObject([{ id: "r2", result: "released" }]);
    expect(host.parameters()[0]).toBe(image("api", 2));
  });

  test.each(Object.entries(CALLS))(
    "when its own process is killed in the phase %s, what ran before is started",
    SLOW,
    async (_, call) => {
      const release = await paused(call);
      killWorker();
      goOn();
      const ran = await release.ended;
      expect([ran.status, reportOf(ran).result], ran.lines.join("\n")).toEqual([1, "taken back"]);
      expect(host.changed()).toEqual([]);
      expect(host.running()[0]).toContain(image("api", 1));
      expect(host.history()).toMatchObject([{ id: "r2", result: "taken back" }]);
    },
  );

  test("when everything is killed while what is released is written, the next start goes back", SLOW, async () => {
    host.standIn(
      "aws",
      `if [[ "$*" == *"image/web --value"* && ! -e "$root/paused" ]]; then touch "$root/paused"; /bin/sleep 60; fi\n${AWS_STAND_IN}`,
    );
    const release = host.start("bin/release", "deploy", ...WHO, API_2, `web=${image("web", 2)}`);
    await host.until("paused");
    const worker = workerOf();
    group(release.pid, "SIGKILL");
    execFileSync("pkill", ["-KILL", "--session", worker]);
    await release.ended;
    expect(host.parameters()).toEqual([image("api", 2), image("web", 1)]);
    // As at a boot: what AWS tells comes first.
    host.run("libexec/images");
    host.write("aws/fails", "put-parameter");
    expect(host.run("libexec/start").lines.join("\n")).toContain("the next start of the app tries again");
    expect(host.running().join()).toBe(
      [1, 1].map((n, index) => `running healthy ${image(index === 0 ? "api" : "web", n)}`).join(),
    );
    host.write("aws/fails", "nothing-fails");
    expect(host.run("libexec/start").status).toBe(0);
    expect(host.changed()).toEqual([]);
  });

  const workerOf = () => /process (\d+),/.exec(host.read("run/shop/deploy.lock"))?.[1] ?? "";
  const killWorker = () => process.kill(Number(workerOf()), "SIGKILL");
});

describe("one at a time", () => {
  test("the second is refused with 75 and told who is at work", SLOW, async () => {
    host.write("pause", "^pull ");
    const first = host.start("bin/release", "deploy", "--message", "the big one", ...WHO, API_2);
    await host.until("paused");
    const second = host.run("bin/release", "rollback", "--id", "r3", "--by", "bob", "--json");
    expect(second.status).toBe(75);
    const holder = /^deploy r2 by ada: the big one, process \d+, since 20\S+Z$/;
    expect(reportOf(second)).toMatchObject({ result: "refused", holder: expect.stringMatching(holder), images: {} });
    expect(second.lines.join("\n")).toContain('release: the lock "deploy" is taken: deploy r2 by ada: the big one');
    fs.rmSync(path.join(host.root, "pause"));
    expect((await first.ended).status).toBe(0);
    expect(host.history()).toHaveLength(1);
  });
});
