/** The default app on its host, as it ships: first boot, release, certificates, second run, reboot. */
import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { DescribeParametersCommand, ListTagsForResourceCommand } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { webrana } from "../../apps/webrana";
import { TEST_OUTPUT } from "../helpers/synth";
import { placeLogs } from "./rig/logs";
import { ASSETS_MS, type Machine, openMachine } from "./rig/machine";
import { certificateSerial, outside, OUTSIDE } from "./rig/outside";

const app = webrana.input;
const NAMES = ["webrana.id", "api.webrana.id"];
/** Every secret of the app, the length of its value in bytes, and whether it moves along to another tier. */
const SECRETS = {
  DB_PASSWORD: { bytes: 24, carry: "false" },
  JWT_SECRET: { bytes: 64, carry: "true" },
  MASTER_ENCRYPTION_KEY: { bytes: 32, carry: "true" },
  POSTGRES_PASSWORD: { bytes: 32, carry: "false" },
};
const CONTAINERS = ["webrana-postgres", "webrana-backend", "webrana-proxy"];
const HEALTH = "docker compose -p webrana-mvp exec -T backend curl -sS http://127.0.0.1:8080";

describe("the host of the default app", () => {
  let machine: Machine;
  const box = () => machine.box;
  const startedAt = (container: string) =>
    box().must(`docker inspect --format '{{.Id}} {{.State.StartedAt}}' ${container}`);
  const serials = () => Promise.all(NAMES.map((name) => certificateSerial(box(), name)));
  const client = async (...headers: string[]) => {
    const options = headers.map((header) => `-H "${header}"`).join(" ");
    return (JSON.parse((await outside(box(), `curl -fsS ${options} https://webrana.id/`)).stdout) as { client: string })
      .client;
  };

  beforeAll(async () => {
    machine = await openMachine("boot", app);
    placeLogs(box(), app.region);
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
      (await outside(box(), "curl -sS -o /dev/null -w '%{http_code} %{redirect_url}' http://webrana.id/")).stdout,
    ).toBe("308 https://webrana.id/");
  });

  test("every public name answers with a certificate of its own, kept on the data volume", async () => {
    for (const name of NAMES) {
      await box().waitFor(`ls /opt/webrana/data/caddy/caddy/certificates/*/${name}/${name}.key`, 60);
      expect((await outside(box(), `curl -fsS https://${name}/health`)).stdout).toContain("{");
    }
    expect(new Set(await serials()).size).toBe(NAMES.length);
  });

  test("nobody but the CDN is believed about the client's address", { timeout: 120_000 }, async () => {
    const forged = ["X-Forwarded-For: 203.0.113.7", "CF-Connecting-IP: 203.0.113.8", "X-Real-IP: 203.0.113.9"];
    expect(await client()).toBe(OUTSIDE);
    expect(await client(...forged)).toBe(OUTSIDE);
    const proxy = await startedAt("webrana-proxy");
    await machine.cloud.change(app, `-var=origin_cidrs=["${OUTSIDE}/32"]`);
    await box().must("/opt/webrana/bin/update --config", { seconds: 100 });
    expect(await client(...forged)).toBe("203.0.113.8");
    // Read in anew, without a break.
    expect(await startedAt("webrana-proxy")).toBe(proxy);
  });

  test("the app's role is no superuser", async () => {
    const asked =
      "SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication FROM pg_roles WHERE rolname = 'webrana'";
    expect(await box().must(`docker exec webrana-postgres psql -U postgres -XAtc "${asked}"`)).toBe("f");
  });

  test("what the database job makes is the same after another run", { timeout: 120_000 }, async () => {
    const held = () =>
      box().must(
        "docker exec webrana-postgres pg_dumpall -U postgres --globals-only --no-role-passwords | grep -v restrict; docker exec webrana-postgres psql -U postgres -XAtc '\\l'; docker exec webrana-postgres psql -U postgres -XAtc '\\du' webrana",
      );
    const before = await held();
    expect(before).toContain("CREATE ROLE webrana");
    await box().must(
      "docker compose --project-directory /opt/webrana --env-file /opt/webrana/images.env run --rm --no-deps -T db-init",
    );
    expect(await held()).toBe(before);
  });

  test("each container logs to its group in CloudWatch", { timeout: 120_000 }, async () => {
    for (const container of ["backend", "cache", "frontend", "postgres", "proxy"]) {
      const group = { logGroupName: `/webrana/mvp/${container}` };
      await expect
        .poll(() => streams(group), { timeout: 60_000 })
        .toContainEqual(expect.stringContaining(`webrana-${container}`));
    }
    const { events } = await machine.cloud.logs<{ events: { message: string }[] }>("FilterLogEvents", {
      logGroupName: "/webrana/mvp/postgres",
      logStreamNames: ["webrana-postgres"],
    });
    expect(events.map(({ message }) => message).join("\n")).toContain("database system is ready to accept connections");
  });

  const streams = async (group: { logGroupName: string }) => {
    const found = await machine.cloud.logs<{ logStreams: { logStreamName: string }[] }>("DescribeLogStreams", group);
    return found.logStreams.map(({ logStreamName }) => logStreamName);
  };

  const secretName = (name: string) => `/webrana/mvp/secret/${name}`;

  test("secrets are encrypted in Parameter Store, as long as asked for; what moves along is marked", async () => {
    const { cloud } = machine;
    const { Parameters: found = [] } = await cloud.ssm.send(new DescribeParametersCommand({}));
    const types = found.flatMap(({ Name, Type }) => (Name?.includes("/secret/") ? [[Name, Type]] : []));
    expect(Object.fromEntries(types)).toEqual(
      Object.fromEntries(Object.keys(SECRETS).map((name) => [secretName(name), "SecureString"])),
    );
    for (const [name, { bytes, carry }] of Object.entries(SECRETS)) {
      expect(Buffer.from((await cloud.parameter(secretName(name))) ?? "", "base64").length, name).toBe(bytes);
      const tags = await cloud.ssm.send(
        new ListTagsForResourceCommand({ ResourceType: "Parameter", ResourceId: secretName(name) }),
      );
      expect(tags.TagList, name).toContainEqual({ Key: "Carry", Value: carry });
    }
  });

  test("on the host they are in memory, for their reader alone", async () => {
    expect(await box().must("findmnt --noheadings --output FSTYPE --target /run/webrana")).toBe("tmpfs");
    expect(await box().must("find /run/webrana/env /run/webrana/secrets -printf '%m %U %p\\n' | sort")).toBe(
      [
        "400 0 /run/webrana/env/backend.env",
        "400 999 /run/webrana/secrets/DB_PASSWORD",
        "400 999 /run/webrana/secrets/POSTGRES_PASSWORD",
        "700 0 /run/webrana/env",
        "700 0 /run/webrana/secrets",
      ].join("\n"),
    );
  });

  test("and nowhere else but in the engine's own record of a container", { timeout: 180_000 }, async () => {
    const values = await Promise.all(Object.keys(SECRETS).map((name) => machine.cloud.parameter(secretName(name))));
    const input = `${values.flatMap((value = "") => [value, encodeURIComponent(value)]).join("\n")}\n`;
    await box().must("umask 077 && cat > /run/rehearsal-values", { input });
    const search = "xargs -0r grep -lF -f /run/rehearsal-values";
    // A container's environment is part of what the engine knows of it.
    const engine = (await box().run(`find /var/lib/docker /var/lib/containerd -type f -print0 | ${search}`)).stdout;
    const records = engine.trim().split("\n");
    expect([...new Set(records.map((file) => path.basename(file)))].sort()).toEqual(["config.v2.json", "meta.db"]);
    const rest = "find / -xdev -path /var/lib/docker -prune -o -path /var/lib/containerd -prune -o -type f -print0";
    const data = "find /opt/webrana/data -type f -print0";
    expect((await box().run(`{ ${rest}; ${data}; } | ${search}`, { seconds: 150 })).stdout).toBe("");
    expect((await box().run("journalctl --output=export | grep -acF -f /run/rehearsal-values")).stdout).toBe("0\n");
    expect((await box().run("cat /proc/[0-9]*/cmdline | grep -acF -f /run/rehearsal-values")).stdout).toBe("0\n");
    await box().must("rm /run/rehearsal-values");
    // Synthesized JSON, plan and state of the stack, and what is in its bucket, because all of that was in its state.
    const folder = path.join(TEST_OUTPUT, `box-boot-${process.pid}`);
    expect(spawnSync("grep", ["-rlF", "secret/JWT_SECRET", folder], { encoding: "utf8" }).stdout).toContain("tfstate");
    expect(spawnSync("grep", ["-rlF", "-f", "-", folder], { input, encoding: "utf8" })).toMatchObject({
      status: 1,
      stdout: "",
    });
  });

  test("a second run of everything changes nothing", { timeout: 300_000 }, async () => {
    const before = await Promise.all(CONTAINERS.map(startedAt));
    const secrets = await box().must("cat /run/webrana/env/*.env | sha256sum");
    await box().must("bash /var/lib/rehearsal/user-data", { seconds: 240 });
    expect(await Promise.all(CONTAINERS.map(startedAt))).toEqual(before);
    expect(await box().must("cat /run/webrana/env/*.env | sha256sum")).toBe(secrets);
  });

  test("after a reboot it is the same app with the same secrets and certificates", { timeout: 300_000 }, async () => {
    const secrets = await box().must("cat /run/webrana/env/*.env /run/webrana/secrets/* | sha256sum");
    const before = await serials();
    await box().reboot();
    await box().waitFor(`${HEALTH}/health`, 200);
    expect(await box().must(`${HEALTH}/notes`)).toContain("first note");
    expect(await box().must("cat /run/webrana/env/*.env /run/webrana/secrets/* | sha256sum")).toBe(secrets);
    expect(await serials()).toEqual(before);
    expect(
      await box().must(
        "journalctl --output=cat _SYSTEMD_INVOCATION_ID=$(systemctl show --property=InvocationID --value rehearsal-pebble)",
      ),
    ).not.toContain("Issued certificate");
  });
});
