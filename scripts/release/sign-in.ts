/** Signs the builder in to a registry for one push, leaving the user's own sign-ins alone. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type Builder, mustBuilder } from "./builder";

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** A builder that is signed in, and the words that its push takes for it. */
export interface SignedIn {
  readonly builder: Builder;
  readonly pushWords: readonly string[];
}

/**
 * Runs the work with a builder that is signed in. The password reaches it by standard input and lies in a folder of this
 * user alone until the work ends, not in the user's own settings.
 *
 * @throws UserError when the registry refuses
 */
export async function withSignIn<T>(
  builder: Builder,
  registry: string,
  { user, password }: Credentials,
  work: (signedIn: SignedIn) => Promise<T>,
): Promise<T> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tiers-registry-"));
  try {
    const authFile = path.join(folder, "auth.json");
    const signedIn: SignedIn =
      builder.name === "docker"
        ? { builder: withSettings(builder, folder, registry), pushWords: [] }
        : { builder, pushWords: ["--authfile", authFile] };
    const words = ["login", ...signedIn.pushWords, "--username", user, "--password-stdin", registry];
    await mustBuilder(signedIn.builder, registry, words, { input: password });
    return await work(signedIn);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Docker with settings of its own, which keep only which engine the user works with. An entry for the registry, though empty,
 * keeps Docker from looking for the system's key ring, where the password would outlive the push.
 */
function withSettings(builder: Builder, folder: string, registry: string): Builder {
  const { env } = builder;
  const own = env.DOCKER_CONFIG || path.join(env.HOME || os.homedir(), ".docker");
  const contexts = path.join(own, "contexts");
  if (fs.existsSync(contexts)) fs.symlinkSync(contexts, path.join(folder, "contexts"));
  const currentContext = contextOf(path.join(own, "config.json"));
  const settings = { auths: { [registry]: {} }, currentContext };
  fs.writeFileSync(path.join(folder, "config.json"), JSON.stringify(settings), { mode: 0o600 });
  return { ...builder, env: { ...env, DOCKER_CONFIG: folder } };
}

/** Undefined without settings, or with such that Docker itself will complain about. */
function contextOf(file: string): string | undefined {
  try {
    const { currentContext } = JSON.parse(fs.readFileSync(file, "utf8")) as { currentContext?: unknown };
    return typeof currentContext === "string" ? currentContext : undefined;
  } catch {
    return undefined;
  }
}
