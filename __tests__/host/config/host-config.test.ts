import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { ComposeFile } from "../../../modules/containers/compose";
import { hostConfig, type HostConfigInput } from "../../../modules/host/config";
import type { SecretsFile } from "../../../modules/host/config/secrets-file";
import { staticFiles } from "../../../modules/host/config/static-files";
import { literalText } from "../../../modules/terraform/escape";
import { OPAQUE, hostInput, shop, type AppChanges } from "../../helpers/fixtures";

const CLOUDFLARE = { ingress: { origin: "cloudflare" } } satisfies AppChanges;

function filesOf(input: HostConfigInput): Record<string, string> {
  return Object.fromEntries(hostConfig(input).map(({ path, content }) => [path, content]));
}

const proxyLabels = (input: HostConfigInput) =>
  (parse(filesOf(input)["compose.yaml"] ?? "") as ComposeFile).services.proxy?.labels;

/** What is the same on every host. */
const STATIC = staticFiles().map(({ path }) => path);
const UNITS = [
  "systemd/shop-data.service",
  "systemd/docker.service.d/shop.conf",
  "systemd/docker.socket.d/shop.conf",
  "systemd/shop-secrets.service",
  "systemd/shop-images.service",
  "systemd/shop-containers.service",
  "systemd/shop-metrics.service",
  "systemd/shop-metrics.timer",
];
/** Of a host with a database of its own. */
const BACKUP_UNITS = ["backup", "drill"].flatMap((part) => [
  `systemd/shop-${part}.service`,
  `systemd/shop-${part}.timer`,
]);

describe("the files", () => {
  test.each<[string, AppChanges, string[]]>([
    [
      "the shop",
      {},
      [
        "compose.yaml",
        "caddy/Caddyfile",
        "postgres/init.sql",
        "secrets.json",
        "stack.env",
        "tmpfiles.conf",
        ...UNITS,
        "systemd/shop.service",
        "systemd/shop-job-report.service",
        "systemd/shop-job-report.timer",
        ...BACKUP_UNITS,
      ],
    ],
    [
      "nginx, no database, no jobs",
      { ingress: { proxy: "nginx" }, database: { mode: "none" }, jobs: {} },
      [
        "compose.yaml",
        "nginx/nginx.conf",
        "secrets.json",
        "stack.env",
        "tmpfiles.conf",
        ...UNITS,
        "systemd/shop-certificates.service",
        "systemd/shop-certificates.timer",
        "systemd/shop.service",
      ],
    ],
    [
      "no proxy, a Spot instance",
      { ingress: { proxy: "none" }, host: { spot: true }, jobs: {} },
      [
        "compose.yaml",
        "postgres/init.sql",
        "secrets.json",
        "stack.env",
        "tmpfiles.conf",
        ...UNITS,
        "systemd/shop-spot.service",
        "systemd/shop.service",
        ...BACKUP_UNITS,
      ],
    ],
  ])("%s", (_, changes, paths) => {
    const rendered = Object.keys(filesOf(hostInput(shop(changes)))).filter((path) => !STATIC.includes(path));
    expect(rendered).toEqual(paths);
  });

  test("are the same each time, end with a line feed, and have unique paths", () => {
    const files = hostConfig(hostInput(shop()));
    expect(hostConfig(hostInput(shop()))).toEqual(files);
    expect(new Set(files.map(({ path }) => path)).size).toBe(files.length);
    for (const { content } of files) expect(content).toMatch(/[^\n]\n$/);
  });
});

test("a service's configuration files lie where its container expects them", () => {
  const files = { "/etc/app/a.ini": "a = ${x}\n", "/etc/app/b.ini": "" };
  const rendered = filesOf(hostInput(shop({ services: { api: { image: { build: {} }, port: 80, files } } })));
  expect(rendered["files/api/0"]).toBe("a = ${x}\n");
  expect(rendered["files/api/1"]).toBe("");
});

test("a job's own secrets lie in a file of their own, which its service does not read", () => {
  const job = { service: "api", command: ["x"], secrets: ["ADMIN_PASSWORD"] };
  const app = shop({ jobs: { init: job }, secrets: { JWT_SECRET: {}, ADMIN_PASSWORD: {} } });
  const rendered = filesOf(hostInput(app));
  const { environments } = JSON.parse(rendered["secrets.json"] ?? "") as SecretsFile;
  expect(environments.map(({ path }) => path)).toEqual(["/run/shop/env/api.env", "/run/shop/env/job-init.env"]);
  expect(Object.keys(environments[0]?.variables ?? {})).not.toEqual(expect.arrayContaining(["ADMIN_PASSWORD"]));
  expect(environments[1]?.variables).toEqual({ ADMIN_PASSWORD: [{ secret: "ADMIN_PASSWORD" }] });
});

describe("opaque references", () => {
  /** Every text that only Terraform knows, each with a number of its own. */
  const reference = (number: number) => `\${TfToken[TOKEN.${number}]}`;
  const numbered = <T>(values: Readonly<Record<string, T>>, first: number) =>
    Object.fromEntries(Object.keys(values).map((name, index) => [name, reference(first + index)]));

  test.each(["caddy", "nginx"] as const)("survive byte for byte in every file that needs them: %s", (proxy) => {
    const plain = hostInput(shop({ ingress: { proxy, origin: "cloudflare" } }));
    const files = filesOf({
      ...plain,
      domain: OPAQUE,
      trustedProxies: reference(8),
      bucket: reference(9),
      logGroups: numbered(plain.logGroups, 100),
      imageParameters: numbered(plain.imageParameters, 200),
      secretSources: Object.fromEntries(
        Object.keys(plain.secretSources).map((name, index) => [name, { store: "ssm", id: reference(300 + index) }]),
      ),
    });
    const proxyFile = files["caddy/Caddyfile"] ?? files["nginx/nginx.conf"] ?? "";
    expect(proxyFile).toContain(`api.${OPAQUE}`);
    expect(proxyFile).toContain(reference(8));
    expect(proxyFile).not.toContain("shop.example;");
    expect(files["compose.yaml"]).toContain(`proxy.domain: ${OPAQUE}\n`);
    expect(files["compose.yaml"]).toContain(`awslogs-group: ${reference(100)}\n`);
    expect(files["stack.env"]).toContain(`BUCKET='${reference(9)}'\n`);
    expect(files["stack.env"]).toContain(`IMAGE_PARAMETER_API='${reference(200)}'\n`);
    expect(files["secrets.json"]).toContain(`"id": "${reference(300)}"`);
  });

  test("the hosts of nginx's certificate follow the domain of the run", () => {
    const files = filesOf(hostInput(shop({ ingress: { proxy: "nginx" } }), { domain: OPAQUE }));
    expect(files["stack.env"]).toContain(`CERTIFICATE_HOSTS='api.${OPAQUE} ${OPAQUE}'\n`);
  });

  test("no reference is cut or written otherwise, and Terraform's escaping leaves them alone", () => {
    for (const content of Object.values(filesOf(hostInput(shop(), { domain: OPAQUE })))) {
      const mentions = content.split("TfToken").length - 1;
      expect(content.split(OPAQUE).length - 1).toBe(mentions);
      expect(literalText(content).split(OPAQUE).length - 1).toBe(mentions);
    }
  });

  test("the domain of the run takes the place of the specification's everywhere", () => {
    const app = shop({ ingress: { proxy: "caddy" } });
    const { "caddy/Caddyfile": caddy = "", "compose.yaml": compose = "" } = filesOf(
      hostInput(app, { domain: "staging.example" }),
    );
    expect(`${caddy}${compose}`).not.toMatch(/(?<!ops@)shop\.example/);
    expect(caddy).toContain("\napi.staging.example {\n");
  });
});

describe("the mark that makes a new proxy container", () => {
  test("changes with the routes", () => {
    const services = {
      api: { image: { build: {} }, port: 8081, route: { hosts: ["shop.example"] } },
    };
    const other = proxyLabels(hostInput(shop({ services, jobs: {} })));
    expect(other?.["proxy.config"]).not.toBe(proxyLabels(hostInput(shop()))?.["proxy.config"]);
  });

  test("does not change with the number that cdktf gives a reference", () => {
    const labels = (number: number) =>
      proxyLabels(hostInput(shop(CLOUDFLARE), { domain: "a.example", trustedProxies: `\${TfToken[TOKEN.${number}]}` }));
    expect(labels(1)).toEqual(labels(2));
  });

  test("changes with the domain by another label", () => {
    expect(proxyLabels(hostInput(shop(), { domain: "a.example" }))?.["proxy.domain"]).toBe("a.example");
  });
});

describe("what a stack forgot", () => {
  test.each<[string, Partial<HostConfigInput>, string]>([
    ["a log group", { logGroups: {} }, 'container "postgres" has no log group'],
    ["an image parameter", { imageParameters: {} }, 'service "api" has no image parameter'],
    ["a place of a secret", { secretSources: {} }, 'secret "DB_PASSWORD" lies nowhere'],
  ])("%s", (_, changes, message) => {
    expect(() => hostConfig(hostInput(shop(), changes))).toThrow(message);
  });
});

test("names of secrets stand in secrets.json, values nowhere: nothing random is rendered", () => {
  const { "secrets.json": json = "" } = filesOf(hostInput(shop()));
  expect(JSON.parse(json)).toMatchInlineSnapshot(`
    {
      "environments": [
        {
          "path": "/run/shop/env/api.env",
          "variables": {
            "DATABASE_URL": [
              {
                "text": "postgresql://shop:",
              },
              {
                "encode": "url",
                "secret": "DB_PASSWORD",
              },
              {
                "text": "@postgres:5432/shop",
              },
            ],
            "DB_PASSWORD": [
              {
                "secret": "DB_PASSWORD",
              },
            ],
            "JWT_SECRET": [
              {
                "secret": "JWT_SECRET",
              },
            ],
          },
        },
      ],
      "files": [
        {
          "owner": "999:999",
          "path": "/run/shop/secrets/POSTGRES_PASSWORD",
          "role": "postgres",
          "secret": "POSTGRES_PASSWORD",
        },
        {
          "owner": "999:999",
          "path": "/run/shop/secrets/DB_PASSWORD",
          "role": "shop",
          "secret": "DB_PASSWORD",
        },
      ],
      "secrets": {
        "DB_PASSWORD": {
          "bytes": 32,
          "carry": false,
          "encoding": "base64url",
          "id": "/shop/mvp/secret/DB_PASSWORD",
          "source": "generated",
          "store": "ssm",
        },
        "JWT_SECRET": {
          "bytes": 64,
          "carry": true,
          "encoding": "base64",
          "id": "/shop/mvp/secret/JWT_SECRET",
          "source": "generated",
          "store": "ssm",
        },
        "POSTGRES_PASSWORD": {
          "bytes": 32,
          "carry": false,
          "encoding": "base64url",
          "id": "/shop/mvp/secret/POSTGRES_PASSWORD",
          "source": "generated",
          "store": "ssm",
        },
      },
    }
  `);
});

test("folders that the containers expect, with their owners", () => {
  const volumes = [{ name: "uploads", path: "/srv" }];
  const services = {
    api: { image: { build: {} }, port: 80, user: "1000", volumes, route: { hosts: ["shop.example"] } },
  };
  const changes: AppChanges = { services, jobs: {}, cache: { mode: "own", use: "queue" } };
  expect(filesOf(hostInput(shop(changes)))["tmpfiles.conf"]).toMatchInlineSnapshot(`
    "# Folders that the containers expect, for systemd-tmpfiles --create once the data volume is mounted.
    d /run/shop 0755 0 0 -
    d /run/shop/secrets 0700 0 0 -
    d /run/shop/env 0700 0 0 -
    d /opt/shop/data/postgres 0700 999 999 -
    d /opt/shop/data/cache 0700 999 999 -
    d /opt/shop/data/caddy 0700 10002 10002 -
    d /opt/shop/data/maintenance 0755 0 0 -
    d /opt/shop/data/volumes/api/uploads 0700 1000 0 -
    "
  `);
  const nginx = filesOf(hostInput(shop({ ...changes, ingress: { proxy: "nginx" } })))["tmpfiles.conf"];
  expect(nginx).toContain("/opt/shop/data/certs 0700 101 101");
});
