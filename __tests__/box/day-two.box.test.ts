/** Day two of an app behind Caddy: what its host says about itself, the closed app, a new password of its database's role. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AppInput } from "../../modules/spec";
import { Laptop } from "./rig/laptop";
import { ASSETS_MS, type Machine, openMachine } from "./rig/machine";
import { outside } from "./rig/outside";

const HOST = "shop.example.com";
/** The parameter of the password of the database's role. */
const PASSWORD = "/shop/mvp/secret/DB_PASSWORD";
const often = { intervalSeconds: 5, timeoutSeconds: 3, graceSeconds: 5, retries: 2 };
/** A worker that some passwords make sick: those that say "bad". */
const app = {
  name: "shop",
  region: "ap-southeast-1",
  services: {
    api: {
      image: { reference: "ghcr.io/shop/api:1" },
      port: 8080,
      healthCheck: { path: "/health", ...often },
      route: { hosts: [HOST] },
      smoke: { database: "/notes" },
      stopGraceSeconds: 2,
    },
    worker: {
      kind: "worker",
      image: { reference: "ghcr.io/shop/worker:1" },
      connects: ["database"],
      healthCheck: { command: ["sh", "-c", 'case "$DB_PASSWORD" in *bad*) exit 1 ;; esac'], ...often },
      stopGraceSeconds: 2,
    },
  },
  cache: { mode: "own" },
  ingress: { acmeEmail: "ops@example.com" },
  dns: { domain: HOST },
  stacks: { mvp: { id: "shop" } },
  observability: { logs: "local" },
} satisfies AppInput;

/** A line of bash that ends when a container is healthy. */
const well = (container: string) =>
  `until docker inspect --format '{{.State.Health.Status}}' shop-${container} | grep -qx healthy; do sleep 0.2; done`;

interface Checks {
  readonly code: number;
  /** "<result> <name>" of every check. */
  readonly results: string[];
  readonly details: Record<string, string>;
}

describe("day two of an app on its host", () => {
  let machine: Machine;
  let laptop: Laptop;
  const box = () => machine.box;
  const notes = async () => JSON.parse((await outside(box(), `curl -fsS https://${HOST}/notes`)).stdout) as string[];

  /** Runs the smoke test; the certificates of the rehearsal's authority are trusted unless `trust` says otherwise. */
  async function smoke({ trust = true } = {}): Promise<Checks> {
    const { code, stdout } = await box().run(
      `${trust ? "CURL_CA_BUNDLE=/run/public-root.pem " : ""}/opt/shop/bin/smoke --json`,
    );
    const { checks } = JSON.parse(stdout) as { checks: { name: string; result: string; detail: string }[] };
    return {
      code,
      results: checks.map(({ result, name }) => `${result} ${name}`),
      details: Object.fromEntries(checks.map(({ name, detail }) => [name, detail])),
    };
  }

  /** Puts a new version of the password into its store, and has the host take it up. */
  async function takeUp(password: string): Promise<{ code: number; report: Record<string, unknown>; said: string }> {
    await machine.cloud.setParameter(PASSWORD, password, true);
    const { code, stdout, stderr } = await box().run("/opt/shop/bin/secret take-up DB_PASSWORD --by ada --json", {
      seconds: 200,
    });
    return { code, report: JSON.parse(stdout) as Record<string, unknown>, said: stderr };
  }

  beforeAll(async () => {
    [machine, laptop] = await Promise.all([
      openMachine("day-two", app, { stack: "shop", mebibytes: 512 }),
      Laptop.open("box-day-two", app),
    ]);
    await laptop.use(machine, { secret_sources: { DB_PASSWORD: PASSWORD } });
    for (const service of ["api", "worker"]) await machine.cloud.release(service, "rehearsal/app:1");
    await box().boot();
    await machine.firstBoot();
    await box().waitFor(`ip netns exec internet curl -fsSk https://${HOST}/`, 60);
    await box().must("ip netns exec internet curl -fsSk https://localhost:15000/roots/0 > /run/public-root.pem");
    await box().must(`ip netns exec internet curl -fsSk https://${HOST}/notes --data kept`);
  }, ASSETS_MS);
  afterAll(async () => {
    await laptop?.close();
    await machine?.close();
  });

  test("all is well, through the real proxy, database and cache", async () => {
    const { code, results, details } = await smoke();
    expect(results.toSorted()).toEqual([
      "ok backup",
      "ok cache",
      "ok database through api",
      "ok health of api",
      "ok health of worker",
      `ok http://${HOST}/`,
      `ok https://${HOST}/health`,
      "ok sign-in of api",
      "ok sign-in of worker",
    ]);
    expect(code).toBe(0);
    expect(details["sign-in of api"]).toBe("shop in shop");
  });

  test.each<[string, string, string, string[]]>([
    [
      "a service that is down",
      "docker stop shop-worker",
      `docker start shop-worker && ${well("worker")}`,
      ["failed health of worker"],
    ],
    ["a cache that does not answer", "docker pause shop-cache", "docker unpause shop-cache", ["failed cache"]],
    [
      "a password that the server does not take",
      "cp /run/shop/env/worker.env /run/kept && sed -i 's/shop:[^@]*@/shop:wrong@/' /run/shop/env/worker.env",
      "mv /run/kept /run/shop/env/worker.env",
      ["failed sign-in of worker"],
    ],
    [
      "a table that is gone",
      "docker exec shop-postgres psql -U postgres -d shop -c 'ALTER TABLE notes RENAME TO hidden'",
      "docker exec shop-postgres psql -U postgres -d shop -c 'ALTER TABLE hidden RENAME TO notes'",
      ["failed database through api"],
    ],
    [
      "no backup for two days",
      "echo $(($(date +%s) - 172800)) > /opt/shop/data/.tierstack/last-backup",
      "rm /opt/shop/data/.tierstack/last-backup",
      ["failed backup"],
    ],
  ])("the smoke test finds %s, and nothing else", { timeout: 60_000 }, async (_, plant, remove, expected) => {
    await box().must(plant);
    const { code, results } = await smoke();
    await box().must(remove);
    expect(results.filter((result) => !result.startsWith("ok "))).toEqual(expected);
    expect(code).toBe(1);
  });

  test("the smoke test finds a certificate that nobody trusts; a release does not judge it", async () => {
    const { code, details } = await smoke({ trust: false });
    expect([code, details[`https://${HOST}/health`]]).toEqual([1, expect.stringContaining("certificate")]);
    expect((await box().run("/opt/shop/bin/smoke --release")).code).toBe(0);
  });

  test(
    "a closed app answers everybody with its page, is well inside, and stays closed",
    { timeout: 60_000 },
    async () => {
      const before = await box().must("docker inspect --format '{{.State.StartedAt}}' shop-proxy");
      await box().must("/opt/shop/bin/release maintenance on --message 'Back <soon> & well'");
      const asked = await outside(box(), `curl -sS -i -X POST --data x https://${HOST}/notes`);
      expect(asked.stdout).toMatch(/^HTTP\/\S+ 503/);
      expect(asked.stdout.toLowerCase()).toContain("retry-after: 120");
      expect(asked.stdout).toContain("Back &lt;soon&gt; &amp; well");
      expect(await box().must("docker inspect --format '{{.State.Health.Status}}' shop-api shop-proxy")).toBe(
        "healthy\nhealthy",
      );
      expect(await box().must("docker inspect --format '{{.State.StartedAt}}' shop-proxy")).toBe(before);
      const { code, results, details } = await smoke();
      expect(results.filter((result) => !result.startsWith("ok "))).toEqual([`unknown https://${HOST}/health`]);
      expect([code, details[`https://${HOST}/health`]]).toEqual([3, "closed for maintenance: Back <soon> & well"]);
      await box().must(`docker restart shop-proxy && ${well("proxy")}`);
      const again = `curl -sS -o /dev/null -w '%{http_code}' https://${HOST}/`;
      await expect.poll(async () => (await outside(box(), again)).stdout, { timeout: 20_000 }).toBe("503");
      await box().must("/opt/shop/bin/release maintenance off");
      expect(await notes()).toEqual(["kept"]);
    },
  );

  test("status says so, as text for programs, with all that runs", async () => {
    await box().must("/opt/shop/bin/release maintenance on");
    const { stdout } = await box().run("/opt/shop/bin/status --json");
    await box().must("/opt/shop/bin/release maintenance off");
    const status = JSON.parse(stdout) as { services: object[]; disks: object[] } & Record<string, unknown>;
    const released = { state: "running healthy", image: "rehearsal/app:1", released: "rehearsal/app:1" };
    expect(status).toMatchObject({
      stack: "shop-mvp",
      maintenance: true,
      rebootDue: false,
      backup: { lastSeconds: null, lastDrillSeconds: null },
      missing: ["there is no backup yet: /opt/shop/bin/backup"],
    });
    expect(status.services).toContainEqual({ name: "api", ...released });
    expect(status.services).toContainEqual({ name: "worker", ...released });
    expect(status.services).toHaveLength(5);
    expect(status.disks).toContainEqual({
      mount: "/opt/shop/data",
      usedPercent: expect.any(Number),
      sizeBytes: expect.any(Number),
    });
  });

  test(
    "a new password of the role: the app answers all the time, and the old one is refused",
    { timeout: 200_000 },
    async () => {
      const old = await box().must("cat /run/shop/secrets/DB_PASSWORD");
      const postgres = await box().must("docker inspect --format '{{.Id}} {{.State.StartedAt}}' shop-postgres");
      const asking = outside(
        box(),
        `while [ ! -e /run/enough ]; do curl -fsS -m 20 -o /dev/null https://${HOST}/ || echo bad; echo asked; sleep 0.3; done`,
      );
      const { code, report, said } = await takeUp("n'ew/pass wörd%");
      await box().must("touch /run/enough");
      const { stdout } = await asking;
      expect([code, report]).toEqual([
        0,
        {
          name: "DB_PASSWORD",
          by: "ada",
          result: "taken up",
          reason: "",
          databaseRole: "shop",
          restarted: ["api", "worker"],
          holder: "",
        },
      ]);
      expect(said).toContain("take-up: the old password of shop is refused");
      expect(said).not.toContain(old);
      expect(stdout).toContain("asked");
      expect(stdout).not.toContain("bad");
      expect(await notes()).toEqual(["kept"]);
      expect(await box().must("docker inspect --format '{{.Id}} {{.State.StartedAt}}' shop-postgres")).toBe(postgres);
      expect((await smoke()).code).toBe(0);
    },
  );

  test("one that the laptop makes is written to the store and taken up by the host", { timeout: 200_000 }, async () => {
    const old = await box().must("cat /run/shop/secrets/DB_PASSWORD");
    const { code, stdout, stderr } = await laptop.tiers("secrets", "rotate", "shop", "DB_PASSWORD");
    expect(code, stderr).toBe(0);
    const made = (await machine.cloud.parameter(PASSWORD)) ?? "";
    expect([made === old, made === (await box().must("cat /run/shop/secrets/DB_PASSWORD"))]).toEqual([false, true]);
    for (const value of [old, made]) expect(stdout + stderr).not.toContain(value);
    expect(await notes()).toEqual(["kept"]);
    expect((await smoke()).code).toBe(0);
  });

  test("one that makes a service sick is taken back", { timeout: 200_000 }, async () => {
    const files = await box().must("cat /run/shop/env/*.env /run/shop/secrets/*");
    const { code, report } = await takeUp("bad");
    expect([code, report]).toEqual([
      1,
      expect.objectContaining({ result: "taken back", reason: expect.stringContaining("restarting worker failed") }),
    ]);
    expect(await box().must("cat /run/shop/env/*.env /run/shop/secrets/*")).toBe(files);
    expect(await notes()).toEqual(["kept"]);
    expect((await smoke()).code).toBe(0);
  });
});
