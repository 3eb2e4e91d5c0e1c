/** What every box starts from: a root file system, and an engine's folder with the stand-in images. Made once, kept in .cache. */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { postgresImage, PROXY_IMAGES } from "../../../modules/containers/images";
import { run } from "../../../scripts/lib/process";
import { filesIn, ROOT } from "../../helpers/folders";
import { madeOnce } from "../../helpers/made-once";
import { Box, copyFolder } from "./box";
import { BOXES } from "./leftovers";

const HERE = path.join(ROOT, "__tests__", "box");
const CACHE = path.join(ROOT, ".cache", "box");

/** The names that Compose asks for, and the folder of the stand-in that answers to each. */
const STAND_INS: Readonly<Record<string, string>> = {
  [postgresImage(17)]: "postgres",
  "valkey/valkey:8.1.4-bookworm": "valkey",
  [PROXY_IMAGES.caddy]: "caddy",
  [PROXY_IMAGES.nginx]: "nginx",
  "rehearsal/app:1": "app",
};

export interface Assets {
  /** Root file system of a box; boxes only read it. */
  readonly root: string;
  /** Folder of an engine that holds the images; each box gets a copy. */
  readonly engine: string;
  /** What stands for the public internet. */
  readonly internet: string;
}

/** Makes what is missing; the first time takes some four minutes. Needs root, debootstrap and Go. */
export async function boxAssets(): Promise<Assets> {
  if (process.getuid?.() !== 0)
    throw new Error("a rehearsed box needs root: run it as root, or in a container of your own");
  const [root, parts, internet] = await Promise.all([built("root"), built("images"), built("internet")]);
  const engine = await made("engine", keyOf([root, parts, internet].map((folder) => path.basename(folder))), (folder) =>
    loadImages({ root, parts, internet }, folder),
  );
  return { root, engine, internet };
}

/** The root file system alone, which is all that a test of one script needs. */
export const boxRoot = (): Promise<string> => built("root");

/** What rig/build-<kind>.sh makes of the files in the folder of that name. */
function built(kind: "root" | "images" | "internet"): Promise<string> {
  const script = path.join("rig", `build-${kind}.sh`);
  const sources = filesIn(path.join(HERE, kind)).map((file) => path.join(kind, file));
  const texts = [script, ...sources].flatMap((file) => [file, fs.readFileSync(path.join(HERE, file), "utf8")]);
  return made(kind, keyOf(texts), async (folder) => {
    // Whatever the script mounts goes with it, also when it is killed.
    const args = ["--mount", "--propagation", "private", "bash", path.join(HERE, script), folder];
    const { code, stdout, stderr } = await run("unshare", args, {
      env: { ...process.env, BASH_ENV: "" },
      title: script,
    });
    if (code !== 0) throw new Error(`${script} ended with ${code}:\n${stdout.slice(-1000)}\n${stderr.slice(-1000)}`);
  });
}

/** A folder of the cache that carries the mark of what it was made from. */
function made(kind: string, key: string, make: (folder: string) => Promise<void>): Promise<string> {
  const name = `${kind}-${key}`;
  return madeOnce(path.join(CACHE, name), async (folder) => {
    removeOlder(kind, name);
    await make(folder);
  });
}

/** Older ones of a kind go, unless a box may be using them. */
function removeOlder(kind: string, name: string): void {
  if (fs.existsSync(BOXES) && fs.readdirSync(BOXES).length > 0) return;
  for (const old of fs.readdirSync(CACHE)) {
    if (!old.startsWith(`${kind}-`) || old.startsWith(name)) continue;
    fs.rmSync(path.join(CACHE, old), { recursive: true, force: true });
  }
}

const keyOf = (texts: readonly string[]): string =>
  createHash("sha256").update(texts.join("\0")).digest("hex").slice(0, 12);

/** The images are built by the engine of a box, whose folder is then kept. */
async function loadImages(
  { root, parts, internet }: { root: string; parts: string; internet: string },
  engine: string,
): Promise<void> {
  fs.mkdirSync(path.join(parts, "internet"), { recursive: true });
  fs.copyFileSync(path.join(internet, "ca.crt"), path.join(parts, "internet", "ca.crt"));
  const box = new Box("images", { root, engine: undefined, shared: parts });
  try {
    await box.boot();
    await box.waitFor("systemctl is-active docker", 60);
    const pairs = Object.entries(STAND_INS).map(([image, folder]) => `${image}=${folder}`);
    fs.copyFileSync(path.join(HERE, "rig", "load-images.sh"), path.join(parts, "load-images.sh"));
    await box.must(`bash /rehearsal/load-images.sh /rehearsal ${pairs.join(" ")}`, { seconds: 300 });
    await box.must("systemctl stop docker.socket docker containerd");
    await copyFolder(box.engineFolder, engine);
  } finally {
    await box.destroy();
  }
}
