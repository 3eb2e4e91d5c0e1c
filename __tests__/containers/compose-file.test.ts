import { describe, expect, test } from "vitest";
import { composeText } from "../../modules/containers/compose-file";
import { compose, contextOf, serviceOf } from "../helpers/compose";
import { shop, type AppChanges } from "../helpers/fixtures";

describe("the project", () => {
  test("has its name, no version, and the services in order", () => {
    const file = compose();
    expect(Object.keys(file)).toEqual(["name", "services", "networks", "secrets"]);
    expect(file.name).toBe("shop-mvp");
    expect(Object.keys(file.services)).toEqual([
      "postgres",
      "db-init",
      "cache",
      "api",
      "web",
      "job-migrate",
      "job-report",
      "proxy",
    ]);
  });

  test("refers to nothing that it does not define", () => {
    for (const changes of [{}, { cache: { mode: "none" } }, { database: { mode: "none" } }] satisfies AppChanges[]) {
      const file = compose(changes);
      for (const service of Object.values(file.services)) {
        for (const name of Object.keys(service.depends_on ?? {})) expect(file.services).toHaveProperty(name);
        for (const name of service.networks) expect(file.networks).toHaveProperty(name);
        for (const name of service.secrets ?? []) expect(file.secrets).toHaveProperty(name);
      }
    }
  });

  test("an app without database and cache has neither, nor their network and secrets", () => {
    const file = compose({ database: { mode: "none" }, cache: { mode: "none" } });
    expect(Object.keys(file.services)).not.toEqual(expect.arrayContaining(["postgres"]));
    expect(Object.keys(file.networks)).toEqual(["edge"]);
    expect(file.secrets).toBeUndefined();
  });

  test("runs every container without capabilities, new privileges and root; a missing folder stops it", () => {
    for (const service of Object.values(compose().services)) {
      expect(service).toMatchObject({
        cap_drop: ["ALL"],
        security_opt: ["no-new-privileges:true"],
        read_only: true,
      });
      expect(service.user).toMatch(/^[1-9]/);
      expect(service.deploy.resources.limits.memory).toMatch(/^\d+M$/);
      expect(service.deploy.resources.limits.pids).toBeGreaterThan(0);
      const [uid, gid = "0"] = service.user?.split(":") ?? [];
      for (const folder of service.tmpfs ?? []) expect(folder).toMatch(new RegExp(`^/[^:]+:uid=${uid},gid=${gid}$`));
      for (const volume of service.volumes ?? []) expect(volume.bind.create_host_path).toBe(false);
    }
  });

  test("no image floats", () => {
    for (const { image } of Object.values(compose().services)) {
      expect(image).toMatch(/^\$\{IMAGE_[A-Z_]+:-not-released\.invalid\/.+\}$|:\d+\.\d+(\.\d+)?(-bookworm)?$/);
    }
  });
});

describe("logs", () => {
  test("go to the group of the container, a job's to its service's, db-init's to PostgreSQL's", () => {
    const groups = Object.entries(compose().services).map(([name, { logging }]) => [
      name,
      logging.options["awslogs-group"],
    ]);
    expect(Object.fromEntries(groups)).toEqual({
      postgres: "/shop/mvp/postgres",
      "db-init": "/shop/mvp/postgres",
      cache: "/shop/mvp/cache",
      api: "/shop/mvp/api",
      web: "/shop/mvp/web",
      "job-migrate": "/shop/mvp/api",
      "job-report": "/shop/mvp/api",
      proxy: "/shop/mvp/proxy",
    });
    expect(serviceOf("api").logging).toMatchObject({
      driver: "awslogs",
      options: { "awslogs-create-group": "false", mode: "non-blocking" },
    });
  });

  test("stay on the host, rotated, when the specification says so", () => {
    for (const { logging } of Object.values(compose({ observability: { logs: "local" } }).services)) {
      expect(logging).toEqual({ driver: "json-file", options: { "max-size": "20m", "max-file": "5" } });
    }
  });

  test("a container without a group is a mistake of the stack", () => {
    const context = contextOf(shop());
    const broken = { ...context, logTarget: { ...context.logTarget, logGroups: {} } };
    expect(() => composeText(broken, "shop-mvp", { config: "0" })).toThrow('container "postgres" has no log group');
  });
});
