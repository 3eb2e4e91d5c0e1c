import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { firstError, terraform, terraformBinary, terraformFailure, terraformJson } from "../../scripts/lib/terraform";
import { makeFolder, removeFolder } from "../helpers/folders";

let folder: string;
beforeAll(() => {
  folder = makeFolder("terraform");
  const script = `#!/bin/sh
case "$1" in
  env) echo "{\\"input\\": \\"$TF_INPUT\\", \\"checkpoint\\": \\"$CHECKPOINT_DISABLE\\", \\"mine\\": \\"$MINE\\"}" ;;
  *) printf '\\033[31m╷\\n│ \\033[0mError: No value\\n│\\n│   on main.tf line 1:\\n│ Give one.\\n╵\\n' >&2; exit 1 ;;
esac
`;
  fs.writeFileSync(path.join(folder, "terraform"), script, { mode: 0o755 });
  fs.writeFileSync(path.join(folder, "tofu"), script, { mode: 0o755 });
});
afterAll(() => removeFolder(folder));

describe("terraformBinary", () => {
  test("is found on PATH, or under the name or path that TERRAFORM_BINARY_NAME gives", () => {
    const file = path.join(folder, "tofu");
    expect(terraformBinary({ PATH: folder })).toBe(path.join(folder, "terraform"));
    expect(terraformBinary({ PATH: folder, TERRAFORM_BINARY_NAME: "tofu" })).toBe(file);
    expect(terraformBinary({ PATH: "", TERRAFORM_BINARY_NAME: file })).toBe(file);
  });

  test("its absence is the user's to mend, with the place that was searched", () => {
    expect(() => terraformBinary({ PATH: "/nowhere" })).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: expect.stringMatching(/^terraform was not found on PATH\. Install Terraform 1\.11/),
      }),
    );
    expect(() => terraformBinary({ TERRAFORM_BINARY_NAME: "/no/tofu" })).toThrow(/^\/no\/tofu was not found\. Install/);
  });
});

describe("a run", () => {
  test("never asks and never calls home, and gets the environment that it was given", async () => {
    const env = { PATH: `${folder}:/usr/bin:/bin`, MINE: "yes" };
    expect(await terraformJson(["env"], { cwd: folder, env })).toEqual({ input: "0", checkpoint: "1", mine: "yes" });
  });

  test("that fails says what Terraform said, in one line", async () => {
    const attempt = terraform(["plan", "-out=x"], { cwd: folder, env: { PATH: `${folder}:/usr/bin:/bin` } });
    await expect(attempt).rejects.toThrow("terraform plan failed: Error: No value on main.tf line 1: Give one.");
  });
});

describe("providers that init cannot get", () => {
  const result = (stderr: string) => ({ code: 1, stdout: "", stderr });
  const query = (provider: string, reason: string): string =>
    `╷\n│ Error: Failed to query available provider packages\n│ \n│ Could not retrieve the list of available versions for provider\n│ ${provider}: ${reason}\n╵\n`;

  test.each([
    ["the registry is not reached", "could not connect to registry.terraform.io: no such host"],
    ["a mirror does not have them", "provider was not\n│ found in any of the search locations"],
  ])("are named, with what to do, when %s", (_what, reason) => {
    const output = query("hashicorp/random", reason) + query("hashicorp/aws", reason);
    expect(terraformFailure(["init"], result(output)).message).toMatch(
      /^terraform init failed: it found no source for the providers hashicorp\/aws, hashicorp\/random\.\nGive it a network/,
    );
  });

  test("are told in Terraform's own words when the reason is another", () => {
    const output = query("hashicorp/aws", "no available releases match the given constraints 99.0.0");
    expect(terraformFailure(["init"], result(output)).message).toBe(
      "terraform init failed: Error: Failed to query available provider packages Could not retrieve the list of " +
        "available versions for provider hashicorp/aws: no available releases match the given constraints 99.0.0",
    );
  });
});

test("firstError stops before the next error, and is empty when there is none", () => {
  expect(firstError("Error: one\n  detail\nError: two")).toBe("Error: one detail");
  expect(firstError("all good")).toBe("");
});
