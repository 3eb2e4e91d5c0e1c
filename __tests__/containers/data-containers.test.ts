import { describe, expect, test } from "vitest";
import { compose, serviceOf } from "../helpers/compose";

describe("data services", () => {
  test("live on the internal network and publish nothing", () => {
    const file = compose();
    expect(file.networks.internal).toEqual({ internal: true });
    for (const name of ["postgres", "db-init", "cache"]) {
      expect(file.services[name]?.networks).toEqual(["internal"]);
      expect(file.services[name]).not.toHaveProperty("ports");
    }
  });

  test.each([
    [17, "/var/lib/postgresql/data"],
    [18, "/var/lib/postgresql"],
  ])("PostgreSQL %i keeps its data in one folder of the data volume, below %s", (major, target) => {
    const { volumes, environment } = serviceOf("postgres", { database: { major } });
    expect(volumes).toEqual([
      { type: "bind", source: "/opt/shop/data/postgres", target, bind: { create_host_path: false } },
    ]);
    expect(environment?.PGDATA).toBe(`${target}/pgdata`);
  });

  test("PostgreSQL has C collation, checksums, time to stop, and its password from a file", () => {
    const { environment, stop_grace_period, secrets } = serviceOf("postgres");
    expect(environment?.POSTGRES_INITDB_ARGS).toBe(
      "--locale=C --encoding=UTF8 --data-checksums --auth-host=scram-sha-256",
    );
    expect(environment?.POSTGRES_PASSWORD_FILE).toBe("/run/secrets/POSTGRES_PASSWORD");
    expect(secrets).toEqual(["POSTGRES_PASSWORD"]);
    expect(Number.parseInt(stop_grace_period ?? "", 10)).toBeGreaterThanOrEqual(60);
  });

  test("the limits follow the specification", () => {
    const { command, deploy, shm_size } = serviceOf("postgres", { database: { memoryMiB: 2048, maxConnections: 50 } });
    expect(deploy.resources.limits).toEqual({ memory: "2048M", pids: 114 });
    expect(shm_size).toBe("512M");
    expect(command).toEqual(expect.arrayContaining(["max_connections=50", "shared_buffers=512MB"]));
  });

  test("db-init waits for PostgreSQL, gets both passwords as files, and reads them only in its own shell", () => {
    const { depends_on, secrets, command, restart } = serviceOf("db-init");
    expect(depends_on).toEqual({ postgres: { condition: "service_healthy" } });
    expect(secrets).toEqual(["POSTGRES_PASSWORD", "DB_PASSWORD"]);
    expect(restart).toBe("no");
    // Compose would look for a variable of its own behind a single "$".
    expect(command?.join(" ").replaceAll("$$", "")).not.toContain("$");
  });

  test("a cache evicts and keeps nothing", () => {
    const { command, volumes, tmpfs, deploy } = serviceOf("cache", { cache: { mode: "own", maxMemoryMiB: 100 } });
    expect(command?.join(" ")).toBe(
      "valkey-server --maxmemory 100mb --maxmemory-policy allkeys-lru --appendonly no --save  --protected-mode no",
    );
    expect(volumes).toBeUndefined();
    expect(tmpfs).toEqual(["/tmp:uid=999,gid=999", "/data:uid=999,gid=999"]);
    expect(deploy.resources.limits.memory).toBe("125M");
  });

  test("a queue refuses to evict and keeps its data on the data volume", () => {
    const { command, volumes, tmpfs, healthcheck } = serviceOf("cache", {
      cache: { mode: "own", use: "queue", engine: "redis" },
    });
    expect(command?.join(" ")).toContain(
      "redis-server --maxmemory 256mb --maxmemory-policy noeviction --appendonly yes",
    );
    expect(volumes?.map(({ source, target }) => [source, target])).toEqual([["/opt/shop/data/cache", "/data"]]);
    expect(tmpfs).toEqual(["/tmp:uid=999,gid=999"]);
    expect(healthcheck?.test.join(" ")).toContain("redis-cli");
  });
});
