/** What every box starts from: a root file system, and an engine's folder with the stand-in images. Made once, kept in .cache. */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { postgresImage, PROXY_IMAGES } from "../../../modules/containers/images";
import { filesIn, ROOT } from "../../helpers/folders";
import { Box } from "./box";

const HERE = path.join(ROOT, "__tests__", "box");

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
  const root = cached("root", ["rig/build-root.sh", ...sources("root")], (target) => build("build-root.sh", target));
  const parts = cached("images", ["rig/build-images.sh", ...sources("images")], (target) =>
    build("build-images.sh", target),
  );
  const internet = cached("internet", ["rig/build-internet.sh", ...sources("internet")], (target) =>
    build("build-internet.sh", target),
  );
  const engine = path.join(
    path.dirname(parts),
    `engine-${keyOf([root, parts, internet].map((folder) => path.basename(folder)))}`,
  );
  if (!fs.existsSync(engine)) await loadImages({ root, parts, internet }, engine);
  return { root, engine, internet };
}

const sources = (folder: string): string[] => filesIn(path.join(HERE, folder)).map((file) => `${folder}/${file}`);

/** A folder of the cache that carries the mark of what it was made from; older ones go. */
function cached(kind: string, files: readonly string[], make: (target: string) => void): string {
  const key = keyOf(files.flatMap((file) => [file, fs.readFileSync(path.join(HERE, file), "utf8")]));
  const folder = path.join(ROOT, ".cache", "box");
  const target = path.join(folder, `${kind}-${key}`);
  if (fs.existsSync(target)) return target;
  fs.mkdirSync(folder, { recursive: true });
  for (const old of fs.readdirSync(folder)) {
    if (old.startsWith(`${kind}-`) || old.startsWith("engine-")) {
      fs.rmSync(path.join(folder, old), { recursive: true, force: true });
    }
  }
  const partial = path.join(folder, `partial-${kind}`);
  fs.rmSync(partial, { recursive: true, force: true });
  make(partial);
  fs.renameSync(partial, target);
  return target;
}

const keyOf = (texts: readonly string[]): string =>
  createHash("sha256").update(texts.join("\0")).digest("hex").slice(0, 12);

function build(script: string, target: string): void {
  const { status, stderr } = spawnSync("bash", [path.join(HERE, "rig", script), target], {
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error(`${script} ended with ${status}:\n${stderr.slice(-2000)}`);
}

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
    const partial = `${engine}.partial`;
    execFileSync("rm", ["-rf", partial]);
    execFileSync("cp", ["-a", box.engineFolder, partial]);
    fs.renameSync(partial, engine);
  } finally {
    await box.destroy();
  }
}
