/** Cloud-init itself, which no Python index has: the package of a distribution, unpacked and not installed. */
import * as fs from "node:fs";
import * as path from "node:path";
import { childEnv } from "../../../scripts/lib/environment";
import { run } from "../../../scripts/lib/process";
import { emptyFolder } from "../../../scripts/lib/write";
import { workspace } from "./workspace";

/**
 * Debian 12's release. Amazon Linux 2023 runs an older one and Ubuntu 24.04 a newer one; how they tell kinds of user
 * data apart did not change between them. Debian 12 gets no more point releases, so the file stays where it is.
 */
const PACKAGE = {
  version: "22.4.2-1+deb12u4",
  url: "http://deb.debian.org/debian/pool/main/c/cloud-init/cloud-init_22.4.2-1+deb12u4_all.deb",
  sha256: "c18c9b1a999268413f215371ae6382f8705a437b2b24c049d6dbafcc111a1d09",
} as const;

/** Apt's own downloader: it knows the machine's proxies and compares the checksum. */
const DOWNLOADER = "/usr/lib/apt/apt-helper";

const folder = path.join(workspace.packages, `cloud-init-${PACKAGE.version}`);
const modules = path.join(folder, "usr/lib/python3/dist-packages");

/** Why it cannot be had on this machine; undefined when it can. */
export async function withoutCloudInit(): Promise<string | undefined> {
  if (fs.existsSync(modules) || fs.existsSync(DOWNLOADER)) return undefined;
  return "cloud-init comes as a Debian package, and apt is not there to fetch it";
}

/**
 * The folder of its Python modules, fetched once.
 *
 * @throws Error when it cannot be fetched or is not the file that was pinned
 */
export async function cloudInitModules(): Promise<string> {
  if (fs.existsSync(modules)) return modules;
  process.stderr.write(`fetching cloud-init ${PACKAGE.version}\n`);
  const unfinished = `${folder}.unfinished`;
  emptyFolder(unfinished);
  const archive = path.join(unfinished, "package.deb");
  await succeed(DOWNLOADER, ["download-file", PACKAGE.url, archive, `SHA256:${PACKAGE.sha256}`]);
  await succeed("dpkg-deb", ["--extract", archive, unfinished]);
  fs.rmSync(archive);
  fs.renameSync(unfinished, folder);
  return modules;
}

async function succeed(command: string, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await run(command, args, { env: childEnv(process.env) });
  if (code !== 0) throw new Error(`${path.basename(command)} failed: ${(stderr || stdout).trim().slice(-500)}`);
}
