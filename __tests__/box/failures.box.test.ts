/** Parts that fail while the app runs: engine, database, power, releases, AWS, disk space; and EC2 taking a Spot instance away. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AppInput } from "../../modules/spec";
import { ASSETS_MS, type Machine, openMachine } from "./rig/machine";

const health = { path: "/health", intervalSeconds: 5, timeoutSeconds: 3, graceSeconds: 10 };
/** A shop on Spot, whose health checks come often. */
const app = {
  name: "shop",
  region: "ap-southeast-1",
  services: {
    api: {
      image: { reference: "ghcr.io/shop/api:1" },
      port: 8080,
      healthCheck: health,
      route: { hosts: ["shop.example.com"] },
    },
  },
  jobs: {
    migrate: { service: "api", command: ["true"], when: "deploy" },
    heartbeat: { service: "api", command: ["true"], when: { schedule: { everyMinutes: 1 } }, timeoutSeconds: 30 },
  },
  cache: { mode: "own", use: "queue" },
  dns: { domain: "shop.example.com" },
  host: { spot: true },
  stacks: { mvp: { id: "shop" } },
  observability: { logs: "local" },
} satisfies AppInput;

describe("an app on its host", () => {
  let machine: Machine;

  beforeAll(async () => {
    machine = await openMachine("failures", app, { stack: "shop", mebibytes: 768 });
    await machine.cloud.release("api", "rehearsal/app:1");
    await machine.box.boot();
    await machine.firstBoot();
    await machine.box.must(`${call} ${url}/notes --data kept`);
  }, ASSETS_MS);
  afterAll(() => machine?.close());

  const url = "http://127.0.0.1:8080";
  const call = "docker exec shop-api curl -fsS";
  const identity = (container: string) =>
    machine.box.must(`docker inspect --format '{{.Id}} {{.State.StartedAt}}' shop-${container}`);
  const update = () => machine.box.run("/opt/shop/bin/update", { seconds: 200 });
  /** The notes, as soon as the app is well. */
  const notes = async () => {
    await machine.box.waitFor(`${call} ${url}/health`, 120);
    return machine.box.must(`${call} ${url}/notes`);
  };

  test("containers outlive an engine that is killed", { timeout: 120_000 }, async () => {
    const before = await identity("postgres");
    await machine.box.must("kill -9 $(pgrep -x dockerd)");
    await machine.box.waitFor("docker version", 60);
    expect(await identity("postgres")).toBe(before);
    expect(await notes()).toContain("kept");
  });

  test("PostgreSQL that is killed comes back with what it had confirmed", { timeout: 180_000 }, async () => {
    await machine.box.must("kill -9 $(docker inspect --format '{{.State.Pid}}' shop-postgres)");
    expect(await notes()).toContain("kept");
  });

  test("the whole box loses its power and comes back by itself", { timeout: 240_000 }, async () => {
    await machine.box.kill();
    await machine.box.boot();
    expect(await notes()).toContain("kept");
  });

  test("a release that never gets healthy is taken back", { timeout: 240_000 }, async () => {
    await machine.cloud.release("api", "rehearsal/app:sick");
    const { code, stderr } = await update();
    expect(code).not.toBe(0);
    expect(stderr).toContain("the release was taken back; the images before run again");
    expect(await notes()).toContain("kept");
    expect(await machine.box.must("docker inspect --format '{{.Config.Image}}' shop-api")).toBe("rehearsal/app:1");
  });

  test("a release goes forward, and back by hand", { timeout: 240_000 }, async () => {
    await machine.cloud.release("api", "rehearsal/app:2");
    expect((await update()).code).toBe(0);
    expect(await machine.box.must(`${call} ${url}/`)).toContain('"version": "2"');
    await machine.box.must("/opt/shop/bin/rollback", { seconds: 200 });
    expect(await machine.box.must(`${call} ${url}/`)).toContain('"version": "1"');
    await machine.cloud.release("api", "rehearsal/app:1");
  });

  test("a changed configuration starts its own container anew, and no other", { timeout: 240_000 }, async () => {
    const before = await Promise.all(["postgres", "cache"].map(identity));
    const api = await identity("api");
    await machine.cloud.change({ ...app, services: { api: { ...app.services.api, env: { COLOUR: "green" } } } });
    await machine.box.must("/opt/shop/bin/update --config", { seconds: 200 });
    expect(await machine.box.must("docker exec shop-api printenv COLOUR")).toBe("green");
    expect(await identity("api")).not.toBe(api);
    expect(await Promise.all(["postgres", "cache"].map(identity))).toEqual(before);
  });

  test("without S3 an update says so, and a reboot does without it", { timeout: 300_000 }, async () => {
    const { box, cloud } = machine;
    cloud.socket.rule = ({ service }) => (service === "s3" ? { answer: { status: 503, body: "" } } : undefined);
    const { code, stderr } = await box.run("/opt/shop/bin/update --config", { seconds: 200 });
    expect(code).not.toBe(0);
    expect(stderr).toContain("nothing was changed");
    await box.reboot();
    expect(await notes()).toContain("kept");
    cloud.socket.rule = undefined;
  });

  test("a full data volume stops writes and nothing else", { timeout: 240_000 }, async () => {
    const { box } = machine;
    await box.run("dd if=/dev/zero of=/opt/shop/data/filler bs=1M status=none");
    expect((await box.run("/opt/shop/bin/backup now", { seconds: 100 })).code).not.toBe(0);
    const { stdout } = await box.run("/opt/shop/bin/status");
    expect(stdout).toMatch(/data volume +100%/);
    await box.must("rm /opt/shop/data/filler");
    expect(await notes()).toContain("kept");
    await box.must(`${call} ${url}/notes --data after`);
  });

  test("a job runs by its timer", { timeout: 180_000 }, async () => {
    await machine.box.waitFor("journalctl --unit=shop-job-heartbeat --output=cat | grep Finished", 150);
    expect(await machine.box.must("systemctl show --property=Result --value shop-job-heartbeat")).toBe("success");
  });

  test("people reach the database as the app's role, and the logs", { timeout: 60_000 }, async () => {
    const who = "SELECT current_user || ' in ' || current_database()";
    expect(await machine.box.must(`/opt/shop/bin/psql -- -XAt --command="${who}"`)).toBe("shop in shop");
    expect(await machine.box.must("/opt/shop/bin/logs postgres 2>&1")).toContain("ready to accept connections");
    expect(await machine.box.must("/opt/shop/bin/logs --host")).toContain("data-volume:");
  });

  test("metrics reach CloudWatch under the stack's name", { timeout: 60_000 }, async () => {
    machine.cloud.socket.seen.length = 0;
    await machine.box.must("systemctl start shop-metrics.service");
    expect(machine.cloud.socket.seen.map(({ service }) => service)).toContain("monitoring");
  });

  test(
    "an interruption notice ends services first, then PostgreSQL with a checkpoint",
    { timeout: 180_000 },
    async () => {
      const { box } = machine;
      await box.must(
        'mkdir -p /run/rehearsal && echo \'{"action":"stop","time":"2026-01-01T00:00:00Z"}\' > /run/rehearsal/spot-action',
      );
      await box.waitFor("journalctl -b -u shop-spot --output=cat | grep 'stopped cleanly'", 110);
      expect(await box.must("docker inspect --format '{{.State.Running}}' shop-postgres shop-api shop-cache")).toBe(
        "false\nfalse\nfalse",
      );
      expect(await box.must("docker logs --tail 5 shop-postgres 2>&1")).toContain("database system is shut down");
      await box.kill();
      await box.boot();
      expect(await notes()).toContain("kept");
    },
  );
});
