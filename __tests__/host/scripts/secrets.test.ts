import * as fs from "node:fs";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AWS_STAND_IN, ScriptHost } from "../../helpers/script-host";

let host: ScriptHost;
beforeEach(() => {
  host = new ScriptHost({
    secrets: { JWT_SECRET: { bytes: 64, encoding: "base64", carry: true }, API_KEY: { source: "provided" } },
    services: {
      api: {
        image: { build: {} },
        port: 8080,
        route: { hosts: ["shop.example"] },
        connects: ["database"],
        secrets: ["JWT_SECRET", "API_KEY"],
      },
    },
    jobs: {},
  });
  host.standIn("aws", AWS_STAND_IN);
});
afterEach(() => host.remove());

const provide = (name: string, value: string) => host.write(`aws/_shop_mvp_secret_${name}`, value);
const stored = (name: string) => host.read(`aws/_shop_mvp_secret_${name}`);
const files = () =>
  ["secrets", "env"].flatMap((folder) =>
    fs.existsSync(path.join(host.runDir, folder))
      ? fs.readdirSync(path.join(host.runDir, folder)).map((name) => `${folder}/${name}`)
      : [],
  );
const variables = () =>
  Object.fromEntries(
    host
      .read(path.join(host.runDir, "env/api.env"))
      .trimEnd()
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );

describe("the first start", () => {
  test("makes what is missing, once, in the form that was asked for", () => {
    provide("API_KEY", "given");
    expect(host.run("libexec/secrets")).toMatchObject({ status: 0 });
    expect(Buffer.from(stored("JWT_SECRET"), "base64")).toHaveLength(64);
    expect(stored("DB_PASSWORD")).toMatch(/^[\w-]{43}$/);
    const first = stored("JWT_SECRET");
    host.forget();
    expect(host.run("libexec/secrets").status).toBe(0);
    expect(stored("JWT_SECRET")).toBe(first);
    expect(host.calls("aws").filter((call) => call.includes(" put-"))).toEqual([]);
  });

  test("a secret is made without leave to overwrite, as a SecureString, and marked when it must travel", () => {
    provide("API_KEY", "given");
    provide("DB_PASSWORD", "x");
    provide("POSTGRES_PASSWORD", "x");
    host.run("libexec/secrets");
    const { Value: _value, ...request } = JSON.parse(host.read("aws/last-request")) as Record<string, unknown>;
    expect(request).toEqual({
      Name: "/shop/mvp/secret/JWT_SECRET",
      Type: "SecureString",
      Tags: [
        { Key: "Application", Value: "shop" },
        { Key: "Carry", Value: "true" },
      ],
    });
  });

  test("a value that AWS refuses and quotes is not part of the message", () => {
    provide("API_KEY", "given");
    provide("DB_PASSWORD", "x");
    provide("POSTGRES_PASSWORD", "x");
    const quotes = `request="\${*: -1}"; value="$(jq -r .Value "\${request#file://}")"; printf '%s' "$value" >"$root/refused"
      echo "An error occurred (ValidationException) when calling the PutParameter operation: '$value' is too long" >&2; exit 254`;
    host.standIn("aws", `if [[ "$*" == *put-parameter* ]]; then ${quotes}; fi\n${AWS_STAND_IN}`);
    const { status, lines } = host.run("libexec/secrets");
    expect(host.read("refused")).toMatch(/^.{80,}$/);
    expect([status, lines.join("\n")]).toEqual([1, expect.not.stringContaining(host.read("refused"))]);
    expect(lines.at(-1)).toContain(
      "secrets: JWT_SECRET could not be stored in ssm: An error occurred (ValidationException) when calling the PutParameter operation: '(the value)' is too long;",
    );
  });

  test("of two hosts that make the same secret, the one that comes second takes the first one's", () => {
    provide("API_KEY", "given");
    host.write("aws/_shop_mvp_secret_JWT_SECRET.race", "from-the-other-host");
    expect(host.run("libexec/secrets").status).toBe(0);
    expect(variables().JWT_SECRET).toBe("'from-the-other-host'");
  });

  test("names every secret that a person must give, with the command, and writes no file", () => {
    const { status, lines } = host.run("libexec/secrets");
    expect(status).toBe(1);
    expect(lines).toContain(
      "secrets: API_KEY has no value; give it one, from a file: aws ssm put-parameter --region eu-central-1 " +
        "--type SecureString --name /shop/mvp/secret/API_KEY --value file://value.txt",
    );
    expect(files()).toEqual([]);
  });
});

describe("a secret that had a value and has none any more", () => {
  const made = () => host.read(path.join(host.dataDir, ".tierstack/secrets-made"));
  const lose = (name: string) => fs.rmSync(path.join(host.root, `aws/_shop_mvp_secret_${name}`));
  beforeEach(() => {
    provide("API_KEY", "given");
    provide("DB_PASSWORD", "from-before-there-was-a-list");
    host.run("libexec/secrets");
  });

  test("names of what was made or found are kept on the data volume, without any value", () => {
    expect(made()).toBe("DB_PASSWORD\nJWT_SECRET\nPOSTGRES_PASSWORD\n");
  });

  test("is not made anew: the message says which, how to put it back and how to have a new one", () => {
    const before = variables();
    lose("JWT_SECRET");
    host.forget();
    const { status, lines } = host.run("libexec/secrets");
    expect(status).toBe(1);
    expect(lines).toEqual([
      "secrets: JWT_SECRET had a value and has none any more; put the old one back, from a file: aws ssm put-parameter " +
        "--region eu-central-1 --type SecureString --name /shop/mvp/secret/JWT_SECRET --value file://value.txt",
      "secrets: lost: JWT_SECRET; no new value is made, because data may depend on the old one; put it back as said above, " +
        `or have a new one made by removing its line from ${host.dataDir}/.tierstack/secrets-made; then run: systemctl restart shop`,
    ]);
    expect(host.calls("aws").filter((call) => call.includes(" put-"))).toEqual([]);
    expect(variables()).toEqual(before);
  });

  test("is made anew when its line is removed, and taken when it is put back", () => {
    lose("JWT_SECRET");
    expect(host.run("libexec/secrets").status).toBe(1);
    host.write(path.join(host.dataDir, ".tierstack/secrets-made"), made().replace("JWT_SECRET\n", ""));
    expect(host.run("libexec/secrets").status).toBe(0);
    expect(made()).toContain("JWT_SECRET\n");
    lose("DB_PASSWORD");
    expect(host.run("libexec/secrets").status).toBe(1);
    provide("DB_PASSWORD", "put back");
    expect(host.run("libexec/secrets").status).toBe(0);
  });

  test("nothing is read or made while the data volume is away: its list is there", () => {
    host.standIn("mountpoint", "exit 1");
    host.forget();
    const { status, lines } = host.run("libexec/secrets");
    expect([status, lines.at(-1)]).toEqual([1, expect.stringContaining("the data volume is not mounted")]);
    expect(host.calls("aws")).toEqual([]);
  });
});

describe("the files", () => {
  test("hold the values, are read by their owners alone, and nothing else is left in memory", () => {
    provide("API_KEY", 'it\'s "$HOME" \\ #1\n');
    provide("DB_PASSWORD", "p@ss/word");
    expect(host.run("libexec/secrets").status).toBe(0);
    expect(files().sort()).toEqual(["env/api.env", "secrets/DB_PASSWORD", "secrets/POSTGRES_PASSWORD"]);
    expect(variables()).toMatchObject({
      API_KEY: `'it\\'s "$HOME" \\ #1'`,
      DB_PASSWORD: "'p@ss/word'",
      DATABASE_URL: "'postgresql://shop:p%40ss%2Fword@postgres:5432/shop'",
    });
    expect(host.read(path.join(host.runDir, "secrets/DB_PASSWORD"))).toBe("p@ss/word");
    for (const file of files()) expect(host.mode(path.join(host.runDir, file))).toBe("400");
    expect(host.mode(path.join(host.runDir, "env"))).toBe("700");
    expect(host.calls("chown").every((call) => call.startsWith("chown 999:999 "))).toBe(true);
    expect(fs.readdirSync(host.runDir).sort()).toEqual(["env", "secrets", "secrets.lock"]);
  });

  test.each([
    ["two\nlines", "a line break"],
    ["ends with \\", "a backslash at its end"],
    ["a \\' inside", "a backslash before a quote"],
  ])("%j is refused by name: %s", (value) => {
    provide("API_KEY", value);
    const { status, lines } = host.run("libexec/secrets");
    expect(status).toBe(1);
    expect(lines.at(-1)).toContain("secrets: the value of API_KEY cannot be handed to a container");
    expect(lines.join("\n")).not.toContain(value);
    expect(files()).toEqual([]);
  });

  test("stay as they were when AWS fails in the middle, and the message says what failed", () => {
    provide("API_KEY", "given");
    host.run("libexec/secrets");
    const before = variables();
    provide("API_KEY", "another");
    host.write("aws/fails", "secret/JWT_SECRET");
    const { status, lines } = host.run("libexec/secrets");
    expect(status).toBe(1);
    expect(lines.at(-1)).toBe(
      "secrets: JWT_SECRET could not be read from ssm: Could not connect to the endpoint URL; files of an earlier run " +
        "stay as they were; try again: systemctl start shop-secrets",
    );
    expect(variables()).toEqual(before);
    fs.rmSync(path.join(host.root, "aws/fails"));
    expect(host.run("libexec/secrets").status).toBe(0);
    expect(variables().API_KEY).toBe("'another'");
  });

  test("of a secret that is no longer asked for go", () => {
    provide("API_KEY", "given");
    host.write(path.join(host.runDir, "env/gone.env"), "X='1'\n");
    host.run("libexec/secrets");
    expect(files()).not.toContain("env/gone.env");
  });
});

test("no value is ever part of a command or of the output", () => {
  provide("API_KEY", "a-value-to-look-for");
  const { stdout, lines } = host.run("libexec/secrets");
  const values = ["JWT_SECRET", "DB_PASSWORD", "POSTGRES_PASSWORD", "API_KEY"].map(stored);
  const seen = [...host.calls(), ...lines, stdout].join("\n");
  for (const value of values) expect(seen).not.toContain(value);
});

test("a secret in Secrets Manager is filled once", () => {
  host.write(
    "opt/shop/secrets.json",
    JSON.stringify({
      secrets: {
        TOKEN: {
          store: "secrets-manager",
          id: "arn:aws:x:1",
          source: "generated",
          bytes: 32,
          encoding: "hex",
          carry: false,
        },
      },
      files: [],
      environments: [{ path: "env/api.env", variables: { TOKEN: [{ secret: "TOKEN" }] } }],
    }),
  );
  expect(host.run("libexec/secrets").status).toBe(0);
  const first = host.read("aws/arn_aws_x_1");
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(host.run("libexec/secrets").status).toBe(0);
  expect(host.read("aws/arn_aws_x_1")).toBe(first);
  expect(variables()).toEqual({ TOKEN: `'${first}'` });
});
