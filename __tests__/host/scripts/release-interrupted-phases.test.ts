/** Phases of a release that wait for something else than a container: what ends one early leaves what ran before. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { API_2, image, ReleaseHost, reportOf, WHO } from "../../helpers/release-host";

const SLOW = { timeout: 60_000 };
const ONCE = "opt/shop/data/.tierstack/once/admin";
/** Says that it has begun, and goes on when nothing holds it up any more. */
const HELD = 'touch "$root/paused"; while [[ -e "$root/pause" ]]; do /bin/sleep 0.05; done';

let host: ReleaseHost;
beforeEach(() => {
  host = new ReleaseHost();
});
afterEach(async () => {
  goOn();
  await host.quiet();
  host.remove();
});

const remove = (file: string): void => fs.rmSync(path.join(host.root, file), { force: true });
const goOn = (): void => remove("pause");
/** The call of Docker that is held up. */
const holdDocker = (call: string): void => host.write("pause", call);

/** How a release is held up in each phase. */
const PHASES: Readonly<Record<string, () => void>> = {
  read: () => holdDocker("^version"),
  backup: () => {
    holdDocker("none of them");
    host.program("backup", `${HELD}\necho "Backup 20260101T000000Z is published: shop 1MiB, in 2 s."`);
  },
  watch: () => {
    holdDocker("none of them");
    host.standIn("sleep", HELD);
  },
  smoke: () => {
    holdDocker("none of them");
    host.program("smoke", `${HELD}\necho '{ "checks": [] }'`);
  },
  once: () => {
    remove(ONCE);
    holdDocker("run .*job-admin");
  },
};
const NAMES = Object.keys(PHASES);

/** A release that is held up in a phase. */
async function heldIn(phase: string) {
  PHASES[phase]?.();
  const release = host.start("bin/release", "deploy", ...WHO, API_2);
  await host.until("paused");
  return release;
}

/** What runs and what is known is that of before, and the job that runs once is still to come where it had not ended. */
function expectOld(phase: string): void {
  expect(host.changed()).toEqual([]);
  expect(host.running()[0]).toBe(`running healthy ${image("api", 1)}`);
  expect(host.has(ONCE)).toBe(phase !== "once");
}

describe.each(NAMES)("a deploy that is interrupted in the phase %s", (phase) => {
  test("by Ctrl-C goes back at once", SLOW, async () => {
    host.run("libexec/start");
    const release = await heldIn(phase);
    process.kill(release.pid, "SIGINT");
    await pause(300);
    goOn();
    const ran = await release.ended;
    const { result, reason } = reportOf(ran);
    expect([ran.status, result], ran.lines.join("\n")).toEqual([1, "taken back"]);
    expect(reason).toContain(`stopped by a signal in the phase "${phase}"`);
    expectOld(phase);
  });

  test("by the end of its own processes: what ran before is started", SLOW, async () => {
    const release = await heldIn(phase);
    const worker = /process (\d+),/.exec(host.read("run/shop/deploy.lock"))?.[1] ?? "";
    execFileSync("pkill", ["-KILL", "--session", worker]);
    goOn();
    const ran = await release.ended;
    expect([ran.status, reportOf(ran).result], ran.lines.join("\n")).toEqual([1, "taken back"]);
    expectOld(phase);
  });
});

test.each(["backup", "smoke", "once"])(
  "when its caller is killed with its whole group in the phase %s, a deploy goes on to its end",
  SLOW,
  async (phase) => {
    const release = await heldIn(phase);
    process.kill(-release.pid, "SIGKILL");
    await release.ended;
    goOn();
    await host.until("opt/shop/data/.tierstack/releases.jsonl");
    await host.quiet();
    expect(host.history()).toMatchObject([{ id: "r2", result: "released" }]);
    expect([host.parameters()[0], host.running()[0], host.has(ONCE)]).toEqual([
      image("api", 2),
      `running healthy ${image("api", 2)}`,
      true,
    ]);
  },
);

test("a signal ends a backup that is being made, and no service was touched", SLOW, async () => {
  host.run("libexec/start");
  const release = await heldIn("backup");
  host.forget();
  process.kill(release.pid, "SIGINT");
  expect((await release.ended).status).toBe(1);
  // Still held up: it was ended, not waited for.
  expect(host.has("pause")).toBe(true);
  await host.quiet(10);
  expect(host.calls("docker").filter((call) => / up | stop | rm .*shop-api/.test(call))).toEqual([]);
});

test("a signal removes the container of a job that runs once", SLOW, async () => {
  const release = await heldIn("once");
  host.forget();
  process.kill(release.pid, "SIGINT");
  await release.ended;
  expect(host.calls("docker")).toContain("docker rm --force shop-job-admin");
});
