/** Reads a state back through Terraform itself, without its providers and without the network. */
import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../lib/errors";
import { runTerraform, terraform, terraformFailure } from "../lib/terraform";
import { emptyFolder, writeFileAtomic } from "../lib/write";
import { isSame, readDocument, type StateDocument } from "./document";
import type { Place } from "./place";

export interface ProofOptions {
  /** A folder that may be made and removed. */
  folder: string;
  /** The whole environment of Terraform. */
  env: NodeJS.ProcessEnv;
}

/**
 * Shows that Terraform sees exactly the expected state at a place.
 *
 * @throws UserError when it sees anything else
 */
export async function prove(place: Place, expected: StateDocument, { folder, env }: ProofOptions): Promise<void> {
  emptyFolder(folder);
  try {
    const options = { cwd: folder, env: prepared(place, folder, env) };
    await connect(options);
    const found = readDocument((await terraform(["state", "pull"], options)).stdout);
    const { stdout } = await terraform(["state", "list", "-no-color"], options);
    const listed = stdout.split("\n").filter((line) => line !== "" && !/(^|\.)data\./.test(line));
    const addresses = [...expected.objects.keys()].filter((address) => !address.includes(" (deposed "));
    const isListed = listed.length === addresses.length && addresses.every((address) => listed.includes(address));
    if (found.kind === "state" && isSame(found, expected) && isListed) return;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
  throw new UserError(`Terraform reads something else at ${place.shown} than was written. Nothing else was changed.`);
}

/** A configuration with the backend alone, and settings under which no provider is ever fetched. */
function prepared({ backend }: Place, folder: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const settings = path.join(folder, "terraform.rc");
  const nowhere = JSON.stringify(path.join(folder, "none"));
  writeFileAtomic(path.join(folder, "main.tf.json"), JSON.stringify({ terraform: { backend } }));
  writeFileAtomic(settings, `provider_installation {\n  filesystem_mirror {\n    path = ${nowhere}\n  }\n}\n`);
  const { TF_CLI_ARGS_init: initArguments, ...rest } = env;
  const forS3 = "s3" in backend && initArguments !== undefined ? { TF_CLI_ARGS_init: initArguments } : {};
  return { ...rest, ...forS3, TF_CLI_CONFIG_FILE: settings };
}

/** The backend is ready before providers are looked for; that there are none is no matter here. */
async function connect(options: { cwd: string; env: NodeJS.ProcessEnv }): Promise<void> {
  const args = ["init", "-no-color"];
  const result = await runTerraform(args, options);
  if (result.code !== 0 && !result.stdout.includes("Successfully configured the backend")) {
    throw terraformFailure(args, result);
  }
}
