/** Docker or Podman: which one is there, and how each is asked. */
import { childEnv } from "../lib/environment";
import { UserError } from "../lib/errors";
import { run, type RunResult } from "../lib/process";
import { findOnPath, versionOf } from "../lib/tools";

const BUILDERS = ["docker", "podman"] as const;
export type BuilderName = (typeof BUILDERS)[number];

export interface Builder {
  readonly name: BuilderName;
  /** The program. */
  readonly file: string;
  /** Environment of its runs. */
  readonly env: NodeJS.ProcessEnv;
}

/** What is known of an image on this machine. */
export interface LocalImage {
  id: string;
  /** As in "linux/arm64". */
  platform: string;
  sizeBytes: number;
}

/** Lines of a failed run that are shown. */
const SHOWN_LINES = 30;

/**
 * Takes the builder that was asked for, else the first that is there: Docker, which needs its plugin buildx to build, then
 * Podman.
 *
 * @param wanted - from the command line or TIERS_BUILDER. @default - whichever is there
 * @throws UserError (exit 2) that says what is missing
 */
export async function chooseBuilder(
  base: NodeJS.ProcessEnv,
  wanted: string | undefined = base.TIERS_BUILDER || undefined,
): Promise<Builder> {
  const env = childEnv(base);
  if (wanted !== undefined && !(BUILDERS as readonly string[]).includes(wanted)) {
    throw new UserError(`The builder is "${wanted}"; allowed: ${BUILDERS.join(", ")}.`, 2);
  }
  const missing: string[] = [];
  for (const name of BUILDERS.filter((one) => wanted === undefined || one === wanted)) {
    const file = findOnPath(name, env);
    if (file === undefined) missing.push(`${name} was not found on PATH`);
    else if (name === "docker" && (await versionOf(file, ["buildx", "version"], env)) === undefined) {
      missing.push("docker has no plugin buildx");
    } else return { name, file, env };
  }
  throw new UserError(`There is nothing to build with: ${missing.join(", ")}. tiers doctor says how to get them.`, 2);
}

/** Runs the builder; one that fails is a result. */
const runBuilder = (
  { name, file, env }: Builder,
  args: readonly string[],
  options: { input?: string; onLine?: (line: string) => void } = {},
): Promise<RunResult> => run(file, args, { env, title: `${name} ${args[0]}`, ...options });

/** @throws UserError with the builder's own last lines when it fails */
export async function mustBuilder(
  builder: Builder,
  what: string,
  args: readonly string[],
  options: { input?: string; onLine?: (line: string) => void } = {},
): Promise<RunResult> {
  const result = await runBuilder(builder, args, options);
  if (result.code === 0) return result;
  const said = `${result.stdout}\n${result.stderr}`.trim().split("\n").slice(-SHOWN_LINES).join("\n");
  throw new UserError(`${what}: ${builder.name} failed with exit code ${result.code}.\n${said}`);
}

interface Inspected {
  Id: string;
  Os: string;
  Architecture: string;
  Size: number;
}

/** An image on this machine; undefined when there is none of that name. */
export async function inspectImage(builder: Builder, name: string): Promise<LocalImage | undefined> {
  const { code, stdout, stderr } = await runBuilder(builder, ["image", "inspect", name]);
  if (code !== 0) {
    // Docker says "No such image", Podman "image not known" or "no such object".
    if (/no such (image|object)|image not known/i.test(stderr)) return undefined;
    throw new UserError(`${builder.name} cannot look at images: ${stderr.trim() || `exit code ${code}`}`);
  }
  const [found] = JSON.parse(stdout) as Inspected[];
  if (found === undefined) return undefined;
  const id = found.Id.startsWith("sha256:") ? found.Id : `sha256:${found.Id}`;
  return { id, platform: `${found.Os}/${found.Architecture}`, sizeBytes: found.Size };
}
