import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { ComposeFile } from "../../modules/containers/compose";
import { cpus } from "../../modules/containers/compose";
import { requestCommand } from "../../modules/containers/service";
import { onlyApi, serviceOf, textOf } from "../helpers/compose";
import { apiWith } from "../helpers/fixtures";

describe("a service", () => {
  test("runs what was released; before that its image is one that no registry can have", () => {
    expect(serviceOf("api").image).toBe("${IMAGE_API:-not-released.invalid/api}");
  });

  test("waits for what it is connected to and for what it names", () => {
    expect(serviceOf("api").depends_on).toEqual({
      postgres: { condition: "service_healthy" },
      "db-init": { condition: "service_completed_successfully" },
      cache: { condition: "service_healthy" },
    });
    expect(serviceOf("web").depends_on).toEqual({ api: { condition: "service_healthy" } });
    const waiting = onlyApi({ connects: [], dependsOn: ["database"] });
    expect(Object.keys(serviceOf("api", waiting).depends_on ?? {})).toEqual(["postgres", "db-init"]);
    expect(serviceOf("api", onlyApi({ connects: [] }))).not.toHaveProperty("depends_on");
  });

  test("waits only for the start of a worker without a health check", () => {
    const worker = { image: { build: {} }, kind: "worker" } as const;
    const services = { ...apiWith({ dependsOn: ["jobs"] }), jobs: worker };
    expect(serviceOf("api", { services, jobs: {} }).depends_on?.jobs).toEqual({ condition: "service_started" });
    expect(serviceOf("jobs", { services, jobs: {} })).not.toHaveProperty("healthcheck");
  });

  test("is on the internal network only when it is connected to something there", () => {
    expect(serviceOf("api").networks).toEqual(["edge", "internal"]);
    expect(serviceOf("web").networks).toEqual(["edge"]);
  });

  test("never has a secret's value or a place for one in the file", () => {
    const { environment, env_file } = serviceOf("api");
    expect(Object.keys(environment ?? {})).not.toEqual(expect.arrayContaining(["DB_PASSWORD"]));
    expect(Object.keys(environment ?? {})).not.toEqual(expect.arrayContaining(["DATABASE_URL"]));
    expect(env_file).toEqual(["/run/shop/env/api.env"]);
    expect(serviceOf("web")).not.toHaveProperty("env_file");
  });

  test("dollar signs of its settings and commands reach the process", () => {
    const { environment, command, healthcheck } = serviceOf(
      "api",
      onlyApi({ env: { PRICE: "5$ or ${X}" }, command: ["run", "$HOME"], healthCheck: { command: ["check", "$A"] } }),
    );
    expect(environment?.PRICE).toBe("5$$ or $${X}");
    expect(command).toEqual(["run", "$$HOME"]);
    expect(healthcheck?.test).toEqual(["CMD", "check", "$$A"]);
  });

  test("limits, user, volumes, ports and time to stop follow the specification", () => {
    const changes = {
      cpu: 256,
      memoryMiB: 300,
      user: "1000",
      tmpfs: ["/tmp", "/cache"],
      volumes: [{ name: "uploads", path: "/srv/uploads" }],
      hostPort: 8000,
      stopGraceSeconds: 75,
    };
    expect(serviceOf("api", onlyApi(changes))).toMatchObject({
      deploy: { resources: { limits: { cpus: "0.25", memory: "300M", pids: 1024 } } },
      user: "1000",
      tmpfs: ["/tmp:uid=1000,gid=0", "/cache:uid=1000,gid=0"],
      volumes: [{ source: "/opt/shop/data/volumes/api/uploads", target: "/srv/uploads" }],
      ports: ["8000:8080"],
      stop_grace_period: "75s",
    });
  });

  test("sees its configuration files read-only, and is made anew when one of them changes", () => {
    const files = { "/etc/app/a.ini": "a\n", "/etc/app/b.ini": "b\n" };
    const { volumes, labels } = serviceOf("api", onlyApi({ files, volumes: [{ name: "uploads", path: "/srv" }] }));
    expect(volumes?.map(({ source, target, read_only }) => [source, target, read_only])).toEqual([
      ["/opt/shop/data/volumes/api/uploads", "/srv", undefined],
      ["/opt/shop/files/api/0", "/etc/app/a.ini", true],
      ["/opt/shop/files/api/1", "/etc/app/b.ini", true],
    ]);
    const changed = serviceOf("api", onlyApi({ files: { ...files, "/etc/app/b.ini": "c\n" } }));
    expect(labels?.["files.content"]).toMatch(/^[0-9a-f]{16}$/);
    expect(changed.labels?.["files.content"]).toMatch(/^[0-9a-f]{16}$/);
    expect(changed.labels).not.toEqual(labels);
    expect(serviceOf("api", onlyApi({}))).not.toHaveProperty("labels");
  });

  test("programs run from a folder in memory only where it says so", () => {
    const { tmpfs } = serviceOf("api", onlyApi({ execTmpfs: ["/native"] }));
    expect(tmpfs).toEqual(["/tmp:uid=10001,gid=10001", "/native:exec,uid=10001,gid=10001"]);
  });

  test("a writable root file system carries its reason, which cannot break out of its comment", () => {
    const text = textOf(onlyApi({ readOnlyRoot: { off: "The framework writes caches\n    privileged: true" } }));
    expect(text).toContain(
      "    # The root file system is writable: The framework writes caches privileged: true\n    read_only: false\n",
    );
    expect((parse(text) as ComposeFile).services.api).not.toHaveProperty("privileged");
  });

  test.each([
    [64, "0.063"],
    [512, "0.5"],
    [1024, "1"],
    [1536, "1.5"],
    [16384, "16"],
  ])("%i CPU units are %s processors", (units, expected) => {
    expect(cpus(units)).toBe(expected);
  });

  test("its health check asks the path on its port, as often as the specification says", () => {
    const healthCheck = { path: "/up", intervalSeconds: 10, timeoutSeconds: 3, retries: 2, graceSeconds: 90 };
    expect(serviceOf("api", onlyApi({ healthCheck })).healthcheck).toEqual({
      test: [
        "CMD-SHELL",
        "wget -q -O /dev/null 'http://127.0.0.1:8080/up' || curl -fsS -o /dev/null 'http://127.0.0.1:8080/up'",
      ],
      interval: "10s",
      timeout: "3s",
      retries: 2,
      start_period: "90s",
    });
  });

  test.each(["/health", "/a?b=c&d=$HOME", "/it's;`id`"])("a shell hands %s to the client as one word", (path) => {
    const url = `http://127.0.0.1:80${path}`;
    const script = `wget() { return 1; }; curl() { for word; do printf '%s\\n' "$word"; done; }; ${requestCommand(url)}`;
    expect(execFileSync("sh", ["-c", script], { encoding: "utf8" }).trim().split("\n")).toEqual([
      "-fsS",
      "-o",
      "/dev/null",
      url,
    ]);
  });
});

describe("a job", () => {
  test("is its service with another command, and runs only when asked", () => {
    const [job, api] = [serviceOf("job-migrate"), serviceOf("api")];
    expect(job).toMatchObject({ profiles: ["jobs"], command: ["/app/migrate", "up"], restart: "no" });
    for (const key of ["image", "environment", "env_file", "networks", "user", "deploy", "logging"] as const) {
      expect(job[key]).toEqual(api[key]);
    }
    for (const key of ["ports", "healthcheck", "container_name"]) expect(job).not.toHaveProperty(key);
  });

  test("waits for data services, never for services of the app", () => {
    const services = apiWith({ dependsOn: ["other"] });
    const other = { image: { build: {} }, port: 81 };
    const jobs = { migrate: { service: "api", command: ["x"] } };
    const { depends_on } = serviceOf("job-migrate", { services: { ...services, other }, jobs });
    expect(Object.keys(depends_on ?? {})).toEqual(["postgres", "db-init", "cache"]);
  });

  test("has secrets of its own beside its service's", () => {
    const jobs = {
      init: { service: "web", command: ["x"], secrets: ["ADMIN"] },
      migrate: { service: "api", command: ["x"] },
    };
    expect(serviceOf("job-init", { jobs }).env_file).toEqual(["/run/shop/env/job-init.env"]);
    const both = { init: { service: "api", command: ["x"], secrets: ["ADMIN"] } };
    expect(serviceOf("job-init", { jobs: both }).env_file).toEqual([
      "/run/shop/env/api.env",
      "/run/shop/env/job-init.env",
    ]);
    expect(serviceOf("api", { jobs: both }).env_file).toEqual(["/run/shop/env/api.env"]);
  });

  test("adds its own settings", () => {
    const jobs = { migrate: { service: "api", command: ["x"], env: { RUST_LOG: "debug", ONCE: "1" } } };
    expect(serviceOf("job-migrate", { jobs }).environment).toMatchObject({ RUST_LOG: "debug", ONCE: "1" });
  });
});
