/** The default app on its host, as it ships: first boot, release, second boot, failures of its parts. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { webrana } from "../../apps/webrana";
import { ASSETS_MS, type Machine, openMachine } from "./rig/machine";

const app = webrana.input;
const HEALTH = "docker compose -p webrana-mvp exec -T backend curl -sS http://127.0.0.1:8080";

describe("the host of the default app", () => {
  let machine: Machine;
  const box = () => machine.box;
  const startedAt = (container: string) =>
    box().must(`docker inspect --format '{{.Id}} {{.State.StartedAt}}' ${container}`);

  beforeAll(async () => {
    machine = await openMachine("boot", app);
    await box().boot();
  }, ASSETS_MS);
  afterAll(() => machine?.close());

  test("the first boot ends with the database running on the data volume", { timeout: 300_000 }, async () => {
    const journal = await machine.firstBoot();
    expect(journal).toContain("done: webrana-mvp is up");
    expect(await box().must("findmnt --noheadings --output SOURCE,FSTYPE /opt/webrana/data")).toMatch(
      /^\/dev\/nvme1n1 +ext4$/,
    );
    expect(await box().must("docker inspect --format '{{.State.Health.Status}}' webrana-postgres")).toBe("healthy");
    expect(await box().must("ls /opt/webrana/data/postgres/pgdata/PG_VERSION")).toContain("PG_VERSION");
  });

  test("a release brings the app up", { timeout: 300_000 }, async () => {
    for (const service of ["backend", "frontend"]) await machine.cloud.release(service, "rehearsal/app:1");
    await box().must("/opt/webrana/bin/update", { seconds: 240 });
    expect(JSON.parse(await box().must(`${HEALTH}/health`))).toEqual({ health: "ok", database: true });
    await box().must(`${HEALTH}/notes --data 'first note'`);
    expect(
      await box().must(
        "curl -sS -o /dev/null -w '%{http_code} %{redirect_url}' -H 'Host: webrana.id' http://127.0.0.1/",
      ),
    ).toBe("308 https://webrana.id/");
  });

  test("the app's role is no superuser", async () => {
    const asked =
      "SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication FROM pg_roles WHERE rolname = 'webrana'";
    expect(await box().must(`docker exec webrana-postgres psql -U postgres -XAtc "${asked}"`)).toBe("f");
  });

  test("a second run of everything changes nothing", { timeout: 300_000 }, async () => {
    const before = await Promise.all(["webrana-postgres", "webrana-backend", "webrana-proxy"].map(startedAt));
    const secrets = await box().must("cat /run/webrana/env/*.env | sha256sum");
    await box().must("bash /var/lib/rehearsal/user-data", { seconds: 240 });
    expect(await Promise.all(["webrana-postgres", "webrana-backend", "webrana-proxy"].map(startedAt))).toEqual(before);
    expect(await box().must("cat /run/webrana/env/*.env | sha256sum")).toBe(secrets);
  });
});
