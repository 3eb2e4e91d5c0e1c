import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { requireTools } from "../../scripts/setup/required-tools";
import { makeFolder, removeFolder } from "../helpers/folders";

let folder: string;
beforeAll(() => void (folder = makeFolder("required-tools")));
afterAll(() => removeFolder(folder));

/** A folder for PATH with a Terraform that prints a text. */
function terraformThatSays(text: string): string {
  const target = fs.mkdtempSync(path.join(folder, "path-"));
  fs.writeFileSync(path.join(target, "terraform"), `#!/bin/sh\necho '${text}'\n`, { mode: 0o755 });
  return target;
}

const HOW = [
  "  Debian, Ubuntu: https://developer.hashicorp.com/terraform/install#linux (HashiCorp's apt repository)",
  "  macOS: brew install hashicorp/tap/terraform",
].join("\n");

test("says nothing when the tools that are asked for are there, whatever else is missing", async () => {
  const PATH = terraformThatSays("Terraform v1.11.4");
  await expect(requireTools({ PATH }, ["node", "terraform"])).resolves.toBeUndefined();
  await expect(requireTools({ PATH }, ["npm", "terraform"])).rejects.toThrow(/^npm is missing; needs 10 or later\.\n/);
});

test.each([
  ["is too old", "Terraform v1.9.8", "terraform is 1.9.8; needs 1.11.0 or later."],
  ["tells no version", "no numbers", "terraform does not tell its version; needs 1.11.0 or later."],
])("a Terraform that %s is bad input, with the way to a good one", async (_what, text, message) => {
  await expect(requireTools({ PATH: terraformThatSays(text) }, ["terraform"])).rejects.toThrow(
    expect.objectContaining({ exitCode: 2, message: `${message}\n${HOW}` }),
  );
});

test("a Terraform that was chosen by name is told by that name", async () => {
  const env = { PATH: terraformThatSays("Terraform v1.11.4"), TERRAFORM_BINARY_NAME: "tofu" };
  await expect(requireTools(env, ["terraform"])).rejects.toThrow(
    /^terraform \(TERRAFORM_BINARY_NAME is "tofu"\) is missing; needs 1\.11\.0 or later\.\n/,
  );
});
