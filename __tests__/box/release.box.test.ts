/** Releases on the host, some of them sent from a laptop: good ones, failing ones, two at once, and what ends one early. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AppInput } from "../../modules/spec";
import { findTagged } from "../../scripts/release/registry";
import { ecrAt } from "../release/support";
import type { Ran } from "./rig/box";
import { needsOfCalls, refusedBy } from "./rig/host-rights";
import { Laptop } from "./rig/laptop";
import { ASSETS_MS, type Machine, openMachine } from "./rig/machine";
import { makeRepository, placeRegistry, publishImages } from "./rig/registry";

/** A shop whose health checks come often, with a job of each kind of release. */
const app = {
  name: "shop",
  region: "ap-southeast-1",
  services: {
    api: {
      image: { build: {} },
      port: 8080,
      healthCheck: { path: "/health", intervalSeconds: 5, timeoutSeconds: 3, graceSeconds: 5 },
    },
  },
  jobs: {
    migrate: { service: "api", command: ["sh", "/srv/migrate"], when: "deploy" },
    admin: { service: "api", command: ["python3", "/srv/admin.py"], when: "once", marker: ".admin-made" },
  },
  stacks: { mvp: { id: "shop" } },
  observability: { logs: "local" },
} satisfies AppInput;

/** Leaves a row each time that it runs. */
const ADMIN = `import os, psycopg2
with psycopg2.connect(os.environ["DATABASE_URL"]) as connection, connection.cursor() as cursor:
    cursor.execute("CREATE TABLE IF NOT EXISTS admins (name text)")
    cursor.execute("INSERT INTO admins VALUES ('ada')")
`;
/** A release takes half a minute, several times that on a machine that is busy. */
const TEST_MS = { timeout: 600_000 };
const WAIT_SECONDS = 300;
const PARAMETER = "/shop/mvp/image/api";
/** What the commands of the laptop find when the first of them has synthesized. */
const SYNTHESIZED = ["--directory", "cdktf.out/stacks/shop"];

interface Report {
  result: string;
  reason: string;
  backup: string;
  jobs: string[];
  holder: string;
}

describe("releases", () => {
  let machine: Machine;
  let replaced: Machine | undefined;
  let laptop: Laptop;
  let repository: Awaited<ReturnType<typeof makeRepository>>;
  let images: Record<"first" | "second" | "third" | "sick" | "slow", string>;

  beforeAll(async () => {
    [machine, laptop] = await Promise.all([
      openMachine("release", app, { stack: "shop", mebibytes: 768 }),
      Laptop.open("box-release", app),
    ]);
    repository = await makeRepository(machine.cloud, "api");
    placeRegistry(machine.box, repository);
    await laptop.use(machine, { repository_urls: { api: repository.url } });
    await machine.box.boot();
    await machine.firstBoot();
    const version = (name: string, files: Record<string, string> = {}) => ({
      "/srv/version": name,
      "/srv/migrate": "exit 0",
      "/srv/admin.py": ADMIN,
      ...files,
    });
    images = await publishImages(machine, repository, {
      first: version("one", { "/srv/admin.py": "raise SystemExit(1)" }),
      second: version("two"),
      third: version("three"),
      sick: version("sick"),
      slow: version("slow", { "/srv/migrate": "sleep 100" }),
    });
  }, ASSETS_MS);
  afterAll(async () => {
    await laptop?.close();
    await replaced?.close();
    await machine?.close();
  });

  const host = () => (replaced ?? machine).box;
  const bin = (line: string) => host().run(`/opt/shop/bin/${line}`, { seconds: 500 });
  const deploy = (id: string, image: string) =>
    bin(`release deploy --id ${id} --by ada --message 'version ${id}' --json api=${image}`);
  /** `tiers release` on the laptop. */
  const release = (command: string, ...words: string[]) => laptop.tiers("release", command, "shop", ...words);
  const reportOf = ({ stdout, stderr }: Ran) => {
    if (stdout === "") throw new Error(`no report: ${stderr}`);
    return JSON.parse(stdout) as Report;
  };
  const runs = () => host().must("docker inspect --format '{{.Config.Image}} {{.State.Health.Status}}' shop-api");
  const sql = (statement: string) =>
    host().must(`docker exec shop-postgres psql -U postgres -d shop -XAtc "${statement}"`);
  const untouched = () => host().must("docker inspect --format '{{.Id}} {{.State.StartedAt}}' shop-postgres");
  /** Waits until this image answers well, whatever it was before. */
  const well = (image: string) =>
    host().waitFor(
      `test "$(docker inspect --format '{{.Config.Image}} {{.State.Health.Status}}' shop-api)" = "${image} healthy"`,
      WAIT_SECONDS,
    );

  async function expectReleased(image: string): Promise<void> {
    expect(await runs()).toBe(`${image} healthy`);
    expect(await machine.cloud.parameter(PARAMETER)).toBe(image);
    expect(await host().must("cat /opt/shop/images.env")).toBe(`IMAGE_API='${image}'`);
  }
  /** Digest of the image that the repository keeps as one that was released with this tag. */
  async function keptFromExpiring(tag: string): Promise<string | undefined> {
    const client = ecrAt(machine.cloud.moto);
    const found = await findTagged(client, repository, `released-${tag}`);
    client.destroy();
    return found?.digest;
  }
  const admins = () => sql("SELECT count(*) FROM admins");
  const marker = () => host().run("test -e /opt/shop/.admin-made");

  test("a first release whose job fails leaves nothing but its report", TEST_MS, async () => {
    const ran = await deploy("r0", images.first);
    expect(ran.code, ran.stderr).toBe(1);
    expect(reportOf(ran)).toMatchObject({ result: "taken back", jobs: ["migrate"] });
    expect(reportOf(ran).reason).toContain("job-admin failed in");
    expect((await host().run("docker inspect shop-api")).code).not.toBe(0);
    expect(await machine.cloud.parameter(PARAMETER)).toBe("none");
    expect((await marker()).code).not.toBe(0);
  });

  test("a good release makes a backup first, runs its jobs, and is what is released", TEST_MS, async () => {
    const before = await untouched();
    const ran = await deploy("r1", images.second);
    expect(ran.code, ran.stderr).toBe(0);
    // The first one's job has run in another image.
    expect(reportOf(ran)).toMatchObject({ result: "released", jobs: ["migrate", "admin"], holder: "" });
    expect(reportOf(ran).backup).toMatch(/^\d{8}T\d{6}Z$/);
    await expectReleased(images.second);
    expect(await admins()).toBe("1");
    expect((await marker()).code).toBe(0);
    expect(await untouched()).toBe(before);
    const history = JSON.parse((await bin("release history --json")).stdout) as unknown[];
    expect(history).toEqual([reportOf(ran), expect.objectContaining({ id: "r0" })]);
  });

  test(
    "one from the laptop that does not get healthy ends on the old digest with exit 1; a second meanwhile is refused",
    TEST_MS,
    async () => {
      const database = await untouched();
      const first = release("deploy", "--tag", "sick", "--by", "ada", "--message", "version r2");
      await host().waitFor(
        `test "$(docker inspect --format '{{.Config.Image}}' shop-api)" = "${images.sick}"`,
        WAIT_SECONDS,
      );
      const holder = "deploy \\d{8}T\\d{6}Z-\\w{4} by ada: version r2, process \\d+, since 20";
      const second = await bin("release deploy --id r3 --by bob --json api=" + images.second);
      expect(second.code).toBe(75);
      expect(reportOf(second)).toMatchObject({ result: "refused", reason: "another one is at work" });
      expect(reportOf(second).holder).toMatch(new RegExp(`^${holder}`));
      const third = await release("deploy", "--tag", "second", "--by", "bob", ...SYNTHESIZED);
      expect([third.code, third.stderr]).toEqual([
        1,
        expect.stringMatching(new RegExp(`^error: The host is in use: ${holder}.*Nothing was changed`, "m")),
      ]);
      const { code, stdout, stderr } = await first;
      expect([code, stdout], stderr).toEqual([1, expect.stringMatching(/^taken back \S+ on shop in \d+ s\n/)]);
      expect(stderr).toMatch(
        /^error: The deploy \S+ was taken back: .*api is running unhealthy.*\. The images before run again\.$/m,
      );
      await expectReleased(images.second);
      expect(await keptFromExpiring("sick")).toBeUndefined();
      expect(await untouched()).toBe(database);
    },
  );

  test("SIGTERM while its job runs leaves everything as it was", TEST_MS, async () => {
    const ran = deploy("r4", images.slow);
    await host().waitFor("docker inspect shop-job-migrate", WAIT_SECONDS);
    await host().must("pkill -TERM -o -f 'bin/release deploy --id r4'");
    expect((await ran).code).toBe(1);
    expect(reportOf(await ran).reason).toContain('stopped by a signal in the phase "jobs"');
    expect((await host().run("docker inspect shop-job-migrate")).code).not.toBe(0);
    await expectReleased(images.second);
  });

  test("SIGTERM when its services run already goes back", TEST_MS, async () => {
    const ran = deploy("r5", images.third);
    await well(images.third);
    await host().must("pkill -TERM -o -f 'bin/release deploy --id r5'");
    expect((await ran).code, (await ran).stderr).toBe(1);
    expect(reportOf(await ran)).toMatchObject({ result: "taken back" });
    await expectReleased(images.second);
  });

  test("a release from the laptop goes forward, and the repository keeps its image", TEST_MS, async () => {
    const database = await untouched();
    const { code, stdout, stderr } = await release(
      "deploy",
      "--tag",
      "third",
      "--message",
      "version r6",
      ...SYNTHESIZED,
    );
    expect(code, stderr).toBe(0);
    const [before, after] = [images.second, images.third].map((image) => image.slice(-64).slice(0, 12));
    expect(stdout).toMatch(new RegExp(`^released \\S+ on shop in \\d+ s\\n  api +${before} -> ${after}\\n`));
    // Its job has succeeded in this image before.
    expect(stdout).not.toContain("backup");
    await expectReleased(images.third);
    expect(await keptFromExpiring("third")).toBe(images.third.replace(/.*@/, ""));
    expect(await untouched()).toBe(database);
  });

  test(
    "when the host dies in the middle, its next boot starts the released digest, and no job again",
    TEST_MS,
    async () => {
      const ran = deploy("r7", images.second);
      await well(images.second);
      await host().kill();
      expect((await ran).code).not.toBe(0);
      await host().boot();
      await well(images.third);
      await expectReleased(images.third);
      expect(await admins()).toBe("1");
      expect((await bin("release history --json --count 1")).stdout).toContain('"version r6"');
    },
  );

  test("rollback from the laptop makes the one before the released one, as history tells", TEST_MS, async () => {
    const { code, stderr } = await release("rollback", "--by", "ada", ...SYNTHESIZED);
    expect(code, stderr).toBe(0);
    await expectReleased(images.second);
    expect(await admins()).toBe("1");
    const { stdout } = await release("history", "--json", ...SYNTHESIZED);
    const { releases } = JSON.parse(stdout) as { releases: { action: string; by: string; result: string }[] };
    expect(releases.slice(0, 2)).toMatchObject([
      { action: "rollback", by: "ada", result: "released" },
      { action: "deploy", message: "version r6", result: "released" },
    ]);
  });

  test("a host that replaces it starts the released digest, and has the marker", TEST_MS, async () => {
    await host().powerOff();
    replaced = await machine.replacement(machine.volume);
    placeRegistry(replaced.box, repository);
    await replaced.box.boot();
    await replaced.firstBoot();
    await well(images.second);
    await expectReleased(images.second);
    expect((await marker()).code).toBe(0);
    expect(await admins()).toBe("1");
    expect((await bin("release history")).stdout).toMatch(/rollback \S+ by ada/);
  });

  test("a restored backup leaves the released digest running", TEST_MS, async () => {
    const ran = await bin("restore --to live --yes --no-safety-backup 'a rehearsal'");
    expect(ran.code, ran.stderr).toBe(0);
    await well(images.second);
    await expectReleased(images.second);
  });

  test("the role allows every call that the hosts made", () => {
    const needs = needsOfCalls(machine.cloud.socket.seen, app.region);
    expect(refusedBy(machine.cloud.hostPolicy, needs)).toEqual([]);
    const actions = ["ecr:GetAuthorizationToken", "ssm:PutParameter with Overwrite"];
    expect(needs.map(({ action }) => action)).toEqual(expect.arrayContaining(actions));
  });
});
