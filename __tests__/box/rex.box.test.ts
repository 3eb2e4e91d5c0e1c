/** Rex as apps/rex.ts describes it, on its host: its services, its first administrator, its queue, and what people type there. */
import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rex } from "../../apps/rex";
import type { AppInput } from "../../modules/spec";
import { ROOT } from "../helpers/folders";
import { ASSETS_MS, type Machine, openMachine } from "./rig/machine";
import { outside } from "./rig/outside";
import { placeOwnImages, type OwnImage } from "./rig/own-images";

/** The specification that ships, but for health checks that come often and logs that stay on the host. */
const often = { intervalSeconds: 5, timeoutSeconds: 3, graceSeconds: 10 };
const app: AppInput = {
  ...rex.input,
  services: Object.fromEntries(
    Object.entries(rex.input.services).map(([name, service]) => [
      name,
      service.healthCheck ? { ...service, healthCheck: { ...service.healthCheck, ...often } } : service,
    ]),
  ),
  observability: { logs: "local" },
};

/** The name of the core's image, which its stand-in gets. */
function coreImage(): string {
  const image = rex.input.services.supertokens?.image;
  if (image === undefined || !("reference" in image)) throw new Error("the core has no image of its own any more");
  return image.reference;
}

/** One program, which is every part of the system; the first version's migration lacks the table of administrators. */
const PROGRAM = fs.readFileSync(path.join(ROOT, "__tests__/box/rex/rex.py"), "utf8");
const start = (role: string) => ["python3", "/srv/rex.py", role];
const script = (role: string) => `#!/bin/sh\nexec ${start(role).join(" ")} "$@"\n`;
const api = (version: string): OwnImage => ({
  command: start("api"),
  files: {
    "/srv/rex.py": PROGRAM,
    "/srv/version": version,
    "/app/migrate": script("migrate"),
    "/app/admin-init": script("admin-init"),
  },
});
const part = (role: string): OwnImage => ({ command: start(role), files: { "/srv/rex.py": PROGRAM } });

const CORE = "http://supertokens:3567";
const ADDRESS = "192.0.2.1";
const MARKER = "/app/.admin-initialized";
const EMAIL = "admin@platform.local";
const TEST_MS = { timeout: 300_000 };
const CONTAINERS = ["rex-api", "rex-cache", "rex-postgres", "rex-supertokens", "rex-worker"];

describe("Rex on its host", () => {
  let machine: Machine;
  const box = () => machine.box;
  const sql = (statement: string) =>
    box().must(`docker exec rex-postgres psql -U rexadmin -d rex_backend -XAtc "${statement}"`);
  const runsOf = (job: string) => sql(`SELECT count(*) FROM job_runs WHERE job = '${job}'`);
  const there = async (file: string) => (await box().run(`test -e ${file}`)).code === 0;
  const valkey = (line: string) => box().must(`docker exec rex-cache valkey-cli ${line}`);
  const password = async () => (await machine.cloud.parameter("/rex/mvp/secret/PLATFORM_ADMIN_PASSWORD")) ?? "";

  /** The sign-in that the system's document gives, from the internet. */
  async function signIn(secret: string): Promise<unknown> {
    const body = JSON.stringify({
      formFields: [
        { id: "email", value: EMAIL },
        { id: "password", value: secret },
      ],
    });
    const { stdout, stderr } = await outside(
      box(),
      `curl -sS -X POST http://${ADDRESS}:8080/api/v1/auth/signin -H "Content-Type: application/json" -d '${body}'`,
    );
    return stdout === "" ? stderr : JSON.parse(stdout);
  }

  /** Asks the core from inside another container; answers the status and the text. */
  const askCore = (target: string, header = "x-none: 0") =>
    box().must(
      `docker exec rex-api curl -sS -w ' %{http_code}' -H "${header}" --data '{"email":"a","password":"b"}' ${CORE}${target}`,
    );

  beforeAll(async () => {
    machine = await openMachine("rex", app, { stack: "rex-all-in-one", mebibytes: 1024 });
    placeOwnImages(box(), {
      [coreImage()]: part("core"),
      "rehearsal/rex-api:1": api("1"),
      "rehearsal/rex-api:2": api("2"),
      "rehearsal/rex-worker:1": part("worker"),
    });
    await machine.cloud.release("api", "rehearsal/rex-api:1");
    await machine.cloud.release("worker", "rehearsal/rex-worker:1");
    await box().boot();
  }, ASSETS_MS);
  afterAll(() => machine?.close());

  test("the first boot starts every service, well and under its name", TEST_MS, async () => {
    expect(await machine.firstBoot()).toContain("done: rex-mvp is up");
    const listed = await box().must("docker ps --format '{{.Names}} {{.Status}}' | sort");
    expect(listed.split("\n").map((line) => line.split(" ")[0])).toEqual(CONTAINERS);
    expect(listed.match(/\(healthy\)/g)).toHaveLength(4);
    expect(await box().must("curl -fsS http://localhost:8080/health")).toContain('"database": true');
    expect(await runsOf("migrate")).toBe("1");
  });

  test("the core answers containers that have its key, and nobody else", TEST_MS, async () => {
    expect(await box().must("docker port rex-supertokens")).toBe("");
    expect((await box().run("curl -sS -m 5 http://localhost:3567/hello")).stderr).toContain("Could not connect");
    expect((await outside(box(), `curl -sS -m 5 http://${ADDRESS}:3567/hello`)).stderr).toContain("Could not connect");
    expect((await outside(box(), `curl -fsS -m 5 http://${ADDRESS}:8080/health`)).code).toBe(0);
    expect(await box().must(`docker exec rex-api curl -fsS ${CORE}/hello`)).toBe('"Hello"');
    expect(await askCore("/recipe/signup")).toBe('"Invalid API key" 401');
    expect(await askCore("/recipe/signup", "api-key: guessed")).toBe('"Invalid API key" 401');
  });

  test("a bootstrap that fails leaves no marker and no administrator", TEST_MS, async () => {
    const { code, stderr } = await box().run("/app/update.sh", { seconds: 200 });
    expect(code).not.toBe(0);
    expect(stderr).toContain("job-admin-init failed in rehearsal/rex-api:1");
    expect([await runsOf("admin-init"), await there(MARKER)]).toEqual(["1", false]);
    expect((await outside(box(), `curl -fsS -m 5 http://${ADDRESS}:8080/health`)).code).toBe(0);
  });

  test("/app/update.sh takes up a release: migration, services, administrator, marker", TEST_MS, async () => {
    await machine.cloud.release("api", "rehearsal/rex-api:2");
    await box().must("cd /app && ./update.sh", { seconds: 200 });
    expect(await box().must("docker inspect --format '{{.Config.Image}} {{.State.Health.Status}}' rex-api")).toBe(
      "rehearsal/rex-api:2 healthy",
    );
    expect([await runsOf("migrate"), await runsOf("admin-init"), await there(MARKER)]).toEqual(["2", "2", true]);
    expect(await sql("SELECT * FROM platform_admins;")).toBe(EMAIL);
  });

  test("the administrator signs in with the generated password, and not with a known one", TEST_MS, async () => {
    expect((await password()).length).toBeGreaterThanOrEqual(24);
    expect(await signIn(await password())).toMatchObject({ status: "OK" });
    expect(await signIn("admin")).toEqual({ status: "WRONG_CREDENTIALS_ERROR" });
  });

  test("what people type in /app works", TEST_MS, async () => {
    const ps = await box().must("cd /app && docker compose ps --format '{{.Name}} {{.State}}' | sort");
    expect(ps.split("\n")).toEqual(CONTAINERS.map((name) => `${name} running`));
    expect(await box().must("cd /app && docker compose logs --tail=100 api")).toContain(`sign-in of ${EMAIL}: OK`);
    expect(await box().must("cd /app && docker compose logs postgres")).toContain("ready to accept connections");
    await box().must("cd /app && docker compose restart api");
    await box().waitFor("curl -fsS http://localhost:8080/health", 30);
    await box().must("cd /app && docker compose run --rm -T api /app/migrate up");
    await box().must("/app/bin/release job migrate", { seconds: 100 });
    expect(await runsOf("migrate")).toBe("4");
    expect(await box().must("/app/bin/psql supertokens -- -XAtc 'SELECT email FROM users'")).toBe(EMAIL);
  });

  test("down and up in /app start the released images", TEST_MS, async () => {
    const images = "docker ps --format '{{.Names}} {{.Image}}' | sort";
    const before = await box().must(images);
    await box().must("cd /app && docker compose down", { seconds: 100 });
    expect(await box().must("docker ps --quiet")).toBe("");
    await box().must("cd /app && docker compose up -d", { seconds: 200 });
    await box().waitFor("curl -fsS http://localhost:8080/health", 60);
    expect(await box().must(images)).toBe(before);
  });

  test("the queue refuses what does not fit, and keeps an item over its restart", TEST_MS, async () => {
    expect(await valkey("config get maxmemory-policy")).toBe("maxmemory-policy\nnoeviction");
    await box().must("cd /app && docker compose stop worker");
    await valkey("rpush jobs kept");
    await valkey("config set maxmemory 1");
    expect(await valkey("rpush jobs refused")).toContain("OOM command not allowed");
    await box().must("cd /app && docker compose restart cache");
    expect(await valkey("lrange jobs 0 -1")).toBe("kept");
    expect(await valkey("config get maxmemory")).toBe(`maxmemory\n${512 * 1024 * 1024}`);
    await box().must("cd /app && docker compose start worker");
    await expect.poll(() => sql("SELECT item FROM finished"), { timeout: 60_000 }).toBe("kept");
  });

  test("a second boot starts the same, and runs neither migration nor bootstrap", TEST_MS, async () => {
    const before = [await runsOf("migrate"), await runsOf("admin-init"), await password()];
    await box().reboot();
    await box().waitFor("systemctl is-active rex.service", 200);
    expect(await box().must("docker ps --format '{{.Names}}' | sort")).toBe(CONTAINERS.join("\n"));
    expect([await runsOf("migrate"), await runsOf("admin-init"), await password()]).toEqual(before);
    expect(await there(MARKER)).toBe(true);
    expect(await box().must("docker inspect --format '{{.Config.Image}}' rex-api")).toBe("rehearsal/rex-api:2");
    expect(await box().must("/app/bin/smoke")).not.toContain("failed");
    expect(await signIn(await password())).toMatchObject({ status: "OK" });
  });
});
