import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { describe, expect, test } from "vitest";
import { readStacks, shippedStackTexts, synthesizeShipped, textsOf, type StackJson } from "../helpers/shipped";
import { TEST_OUTPUT } from "../helpers/synth";

const stacks = [...shippedStackTexts()];

/** What a text of a stack must never be; each rule is shown to fail on its own example below. */
const FORBIDDEN: readonly { what: string; pattern: RegExp; example: string }[] = [
  { what: "a number token that became text", pattern: /e\+29\d/, example: "a-1.8881545897087503e+298" },
  { what: "an unresolved token", pattern: /<unresolved-token>|TfToken/, example: "x-${TfToken[TOKEN.3]}" },
  { what: "an empty reference", pattern: /\$\{(null|undefined)?\}/, example: "${null}" },
  { what: "a value that is not there", pattern: /\b(undefined|NaN)\b|\[object Object\]/, example: "name-undefined" },
  { what: "a timestamp", pattern: /\b20\d\d-\d\d-\d\dT\d\d:\d\d/, example: "made 2026-01-02T03:04:05Z" },
  { what: "an AWS key", pattern: /\b(AKIA|ASIA)[0-9A-Z]{16}\b/, example: "AKIAIOSFODNN7EXAMPLE" },
  { what: "a private key", pattern: /-----BEGIN [A-Z ]*PRIVATE KEY/, example: "-----BEGIN RSA PRIVATE KEY-----" },
];

/** Paths of the machine that wrote the JSON; "/tmp" is left out, because containers have one too. */
const machinePaths = (): string[] =>
  [process.cwd(), os.homedir(), os.tmpdir()].filter((folder) => folder.length > 1 && folder !== "/tmp");

/** References that Terraform may resolve; everything else that starts with ${ is a shell text that was not escaped. */
const REFERENCE =
  /^\$\{(aws_|data\.|var\.|random_|each\.|one\(|alltrue\(|can\(|length\(|join\(|!can\(|!contains\(|toset\(|jsonencode\(|md5\(aws_s3_object\.|\()/;

function unescapedIn(text: string): string[] {
  return [...text.replace(/([$%])\1\{/g, "").matchAll(/[$%]\{[^}]*\}?/g)]
    .map((match) => match[0])
    .filter((start) => !REFERENCE.test(start));
}

/** Attributes that would hold a secret's value. */
const SECRET_ATTRIBUTE =
  /(^|\.)(password|master_password|secret_string|secret_binary|auth_token|private_key|value_wo|password_wo)$/;

test("there is something to guard", () => {
  expect(stacks.map(([id]) => id)).toContain("mvp");
});

describe.each(stacks)("stack %s", (_id, text) => {
  const json = JSON.parse(text) as StackJson;
  const texts = textsOf(json);

  test.each(FORBIDDEN)("holds nowhere $what", ({ pattern }) => {
    expect(texts.filter((entry) => pattern.test(entry.text))).toEqual([]);
  });

  test("names no path of the machine that wrote it", () => {
    expect(texts.filter((entry) => machinePaths().some((folder) => entry.text.includes(folder)))).toEqual([]);
  });

  test("keeps its state under a relative path", () => {
    const { backend } = json.terraform as { backend: { local?: { path: string } } };
    expect(backend.local?.path).toMatch(/^\.\.\/\.\.\/\.\.\/terraform\.[a-z0-9-]+\.tfstate$/);
  });

  test("escapes every shell text", () => {
    expect(texts.flatMap(({ at, text: value }) => unescapedIn(value).map((found) => ({ at, found })))).toEqual([]);
  });

  test("holds no secret's value", () => {
    expect(texts.filter(({ at, text: value }) => SECRET_ATTRIBUTE.test(at) && !value.startsWith("${"))).toEqual([]);
  });

  test("replaces nothing by a list of references, which Terraform refuses", () => {
    expect(text).not.toMatch(/"replace_triggered_by":\s*\[\s*"\$\{/);
  });
});

describe("the guards themselves", () => {
  test.each(FORBIDDEN)("see $what", ({ pattern, example }) => {
    expect(textsOf({ a: [{ b: example }] }).filter((entry) => pattern.test(entry.text))).toHaveLength(1);
  });

  test("see shell that was not escaped, and let references and escaped shell pass", () => {
    expect(unescapedIn("echo ${HOME:-x} %{http_code}")).toEqual(["${HOME:-x}", "%{http_code}"]);
    expect(unescapedIn("echo $${HOME} %%{http_code} ${aws_vpc.main.id} ${var.domain}")).toEqual([]);
  });

  test("see a secret's value", () => {
    const found = textsOf({ resource: { password: "hunter2" } }).filter(({ at }) => SECRET_ATTRIBUTE.test(at));
    expect(found).toHaveLength(1);
  });
});

describe("synth is reproducible", () => {
  const elsewhere = path.join(TEST_OUTPUT, "elsewhere");

  test("twice, from another directory, with another home, time zone and locale: byte-equal", () => {
    fs.mkdirSync(elsewhere, { recursive: true });
    const outdir = path.join(elsewhere, "cdktf.out");
    synthesizeShipped(outdir, {
      cwd: os.tmpdir(),
      env: { HOME: elsewhere, TZ: "Pacific/Kiritimati", LC_ALL: "tr_TR.UTF-8", LANG: "tr_TR.UTF-8" },
    });
    expect([...readStacks(outdir)]).toEqual(stacks);
    fs.rmSync(elsewhere, { recursive: true });
  });
});
