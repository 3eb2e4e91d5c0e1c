import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import { type TerraformStack, TerraformVariable } from "cdktf";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GeneratedSecret } from "../../modules/data/generated-secret";
import { MasterSecret } from "../../modules/data/master-secret";
import { SuppliedSecret } from "../../modules/data/supplied-secret";
import type { Secret } from "../../modules/spec";
import { unseal } from "../../scripts/simulator/hooks/sealed";
import { NAMES } from "../data/managed-stack";
import { SimulatedAccount } from "../helpers/simulated";
import { CONSTRUCT_STACK as STACK } from "../helpers/synth";

const ENCODINGS: readonly Secret["encoding"][] = ["base64", "base64url", "hex"];
const CARRIED = "carried-c2VjcmV0-42";
const SUPPLIED = "supplied-Z2l2ZW4-23";
/** A text that is no secret: a search that misses it would miss a secret too. */
const PLAIN = "plain-cGxhaW4-11";
const GIVEN = `-var=secret_values=${JSON.stringify({ JWT_SECRET: CARRIED, SMTP_PASSWORD: SUPPLIED })}`;

function secrets(stack: TerraformStack): void {
  const values = new TerraformVariable(stack, "secret_values", { type: "map(string)", default: {}, sensitive: true });
  values.addOverride("ephemeral", true);
  new TerraformVariable(stack, "secret_versions", { type: "map(number)", default: {} });
  for (const encoding of ENCODINGS) {
    const name = encoding.toUpperCase();
    new GeneratedSecret(stack, `secret_${encoding}`, { names: NAMES, name, bytes: 32, encoding, recoveryDays: 7 });
  }
  for (const [name, carry] of [
    ["JWT_SECRET", true],
    ["SMTP_PASSWORD", false],
  ] as const) {
    new SuppliedSecret(stack, `secret_${name.toLowerCase()}`, {
      names: NAMES,
      name,
      carry,
      valuesVariable: "secret_values",
      versionsVariable: "secret_versions",
      recoveryDays: 7,
    });
  }
  new MasterSecret(stack, "db_master", { names: NAMES, masterUser: "shop_admin" });
  new SsmParameter(stack, "plain", { name: "/plain", type: "String", insecureValue: PLAIN });
}

/** Terraform's clock has seconds: a plan in the second of the apply before takes what that wrote for its own. */
const nextSecond = () => pause(1100);

let account: SimulatedAccount;
const stored = (): Record<string, unknown>[] =>
  account.world().flatMap(({ type, attributes }) => (type === "simulated_secret_value" ? [attributes] : []));

/** The value that Secrets Manager gives out for a secret now. */
function valueOf(name: string): string {
  const found = stored().find(
    ({ secret_id, version_stages }) =>
      String(secret_id).includes(`:secret:shop/growth/secret/${name}-`) &&
      (version_stages as string[]).includes("AWSCURRENT"),
  );
  return unseal(String(found?.sealed), "123456789012");
}

const oneLine = ({ stdout, stderr }: { stdout: string; stderr: string }): string =>
  `${stdout}${stderr}`.replace(/[│╷╵]/g, " ").replace(/\s+/g, " ");

const MISSING = "This plan writes the secret JWT_SECRET, whose value is missing. Give it in the variable secret_values";

beforeAll(async () => {
  account = await SimulatedAccount.startWith("written-secrets", secrets);
  await account.init(STACK);
}, 120_000);

afterAll(() => account.stop());

const RUN = { timeout: 60_000 };

describe("before the secrets exist", () => {
  test("a plan without their values fails and says which one to give, and how", RUN, async () => {
    const plan = await account.terraform(STACK, "plan");
    expect(plan.code).toBe(1);
    expect(oneLine(plan)).toContain(MISSING);
    expect(oneLine(plan)).toContain(
      `TF_VAR_secret_values='{"JWT_SECRET":"..."}'. It has to be the value of the tier before.`,
    );
    expect(oneLine(plan)).toContain("This plan writes the secret SMTP_PASSWORD, whose value is missing.");
  });

  test("an empty value is none", RUN, async () => {
    const plan = await account.terraform(STACK, "plan", '-var=secret_values={"JWT_SECRET":"","SMTP_PASSWORD":"x"}');
    expect(oneLine(plan)).toContain(MISSING);
    expect(oneLine(plan)).not.toContain("SMTP_PASSWORD, whose");
  });
});

describe("applied from a saved plan", () => {
  let planJson: string;
  beforeAll(async () => {
    await account.must(STACK, "plan", "-out=saved.tfplan", GIVEN);
    planJson = await account.must(STACK, "show", "-json", "saved.tfplan");
  }, 60_000);

  test("the plan applies when the values are given again, and not without", RUN, async () => {
    const without = await account.terraform(STACK, "apply", "saved.tfplan");
    expect(without.code).toBe(1);
    expect(oneLine(without)).toContain('The ephemeral input variable "secret_values" was set during the plan phase');
    expect(stored()).toEqual([]);
    await account.must(STACK, "apply", GIVEN, "saved.tfplan");
  });

  test("Secrets Manager has the values that were given", () => {
    expect([valueOf("JWT_SECRET"), valueOf("SMTP_PASSWORD")]).toEqual([CARRIED, SUPPLIED]);
    expect(stored().map(({ sha256 }) => sha256)).toContain(createHash("sha256").update(CARRIED).digest("hex"));
  });

  test("and generated ones of the wanted length in each encoding, all different", () => {
    const [base64 = "", base64url = "", hex = ""] = ENCODINGS.map((encoding) => valueOf(encoding.toUpperCase()));
    expect(Buffer.from(base64, "base64")).toHaveLength(32);
    expect(base64).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(base64url).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(hex).toMatch(/^[0-9a-f]{64}$/);
    expect(Buffer.from(base64url, "base64url").equals(Buffer.from(base64, "base64"))).toBe(false);
    expect(JSON.parse(valueOf("test-db_master"))).toEqual({
      username: "shop_admin",
      password: expect.stringMatching(/^[A-Za-z0-9]{32}$/),
    });
  });

  test("no value stands in plan, state, world, log or any file of the run", RUN, async () => {
    const values = ["BASE64", "BASE64URL", "HEX", "JWT_SECRET", "SMTP_PASSWORD"].map(valueOf);
    values.push((JSON.parse(valueOf("test-db_master")) as { password: string }).password);
    expect(new Set(values).size).toBe(6);
    const state = await account.must(STACK, "show", "-json");
    expect(state).toContain("aws_secretsmanager_secret_version.secret_hex_version");
    const texts = { plan: planJson, state, planFile: unzipped("saved.tfplan"), ...filesOf(account.folder) };
    const holding = (value: string): string[] =>
      Object.entries(texts).flatMap(([name, text]) => (text.includes(value) ? [path.basename(name)] : []));
    expect(values.flatMap(holding)).toEqual([]);
    expect(Object.keys(texts).map((name) => path.basename(name))).toContain("simulator.log");
    expect(holding(PLAIN)).toEqual(
      expect.arrayContaining(["plan", "state", "planFile", "cdk.tf.json", "terraform.tfstate", "world.json"]),
    );
  });
});

/** All that a saved plan holds: it is an archive. */
function unzipped(plan: string): string {
  const read =
    "import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1]) as z:\n  for n in z.namelist(): sys.stdout.buffer.write(z.read(n))";
  return execFileSync("python3", ["-c", read, path.join(account.directory(STACK), plan)], { encoding: "latin1" });
}

/** The text of every file below a folder. */
function filesOf(folder: string): Record<string, string> {
  const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => [
      path.join(parentPath, name),
      fs.readFileSync(path.join(parentPath, name), "latin1"),
    ]),
  );
}

describe("once the secrets exist", () => {
  test("no run needs a value, and none changes anything", RUN, async () => {
    await nextSecond();
    const before = valueOf("HEX");
    expect(await account.plan(STACK)).toEqual([]);
    await account.apply(STACK);
    expect(valueOf("HEX")).toBe(before);
  });

  test("a raised version number needs the value of that secret only, and writes it", RUN, async () => {
    const raised = '-var=secret_versions={"JWT_SECRET":2}';
    const without = await account.terraform(STACK, "plan", raised);
    expect(without.code).toBe(1);
    expect(oneLine(without)).toContain(MISSING);
    const given = '-var=secret_values={"JWT_SECRET":"another-value-77"}';
    const changes = await account.plan(STACK, raised, given);
    expect(changes.map(({ address }) => address)).toEqual([
      "aws_secretsmanager_secret_version.secret_jwt_secret_version",
      "terraform_data.secret_jwt_secret_written",
    ]);
    await account.apply(STACK, raised, given);
    expect([valueOf("JWT_SECRET"), valueOf("SMTP_PASSWORD")]).toEqual(["another-value-77", SUPPLIED]);
  });

  test("a value that somebody else wrote stays, and the version that Terraform wrote keeps a label", RUN, async () => {
    const file = `${account.folder}/world.json`;
    const world = JSON.parse(fs.readFileSync(file, "utf8")) as {
      objects: { type: string; attributes: Record<string, unknown> }[];
    };
    for (const { type, attributes } of world.objects) {
      const isHex = String(attributes.secret_id).includes("/HEX-");
      if (isHex && type === "aws_secretsmanager_secret_version") attributes.version_stages = ["TERRAFORM"];
    }
    fs.writeFileSync(file, JSON.stringify(world));
    await nextSecond();
    expect(await account.plan(STACK, '-var=secret_versions={"JWT_SECRET":2}')).toEqual([]);
  });
});

test("teardown takes the values along", RUN, async () => {
  await account.must(STACK, "destroy", "-auto-approve");
  expect(stored()).toEqual([]);
});
