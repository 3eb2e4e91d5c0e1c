/** Images that a box really pulls by digest, from a registry that it runs itself. */
import * as fs from "node:fs";
import * as path from "node:path";
import { ROOT } from "../../helpers/folders";
import type { Box } from "./box";

const BOX = path.join(ROOT, "__tests__", "box");
const REGISTRY = "127.0.0.1:5000";
const REPOSITORY = `${REGISTRY}/shop/app`;
/** Of the box and of the one that replaces it. */
const FOLDER = "/rehearsal/registry";
const SERVICE = `[Unit]
Description=Rehearsal: a registry of images
After=rehearsal-network.service

[Service]
ExecStart=/usr/bin/python3 -u /usr/lib/rehearsal/registry.py
Restart=always
`;

/** Gives a box its registry, before its first boot. Images of other registries are pulled as in every box. */
export function placeRegistry(box: Box): void {
  box.place("/usr/lib/rehearsal/registry.py", fs.readFileSync(path.join(BOX, "rig", "registry.py"), "utf8"));
  box.place("/etc/systemd/system/rehearsal-registry.service", SERVICE);
  box.place(
    "/etc/systemd/system/docker.service.d/rehearsal-registry.conf",
    "[Unit]\nWants=rehearsal-registry.service\nAfter=rehearsal-registry.service\n",
  );
  const standIn = fs.readFileSync(path.join(BOX, "root/files/usr/lib/rehearsal/docker"), "utf8");
  const pulled = standIn.replace(
    "    image=${*: -1}\n",
    `$&    case $image in ${REGISTRY}/*) exec "$docker" "$@" ;; esac\n`,
  );
  if (pulled === standIn)
    throw new Error("the stand-in for docker has changed: it no longer says which image it pulls");
  box.place("/usr/lib/rehearsal/docker", pulled, 0o755);
}

/**
 * Builds images from the stand-in for an app, puts them into the registry and removes them from the engine, so that they
 * have to be pulled.
 *
 * @param images files that each one holds besides, by tag and path
 * @returns by tag, the repository with the digest
 */
export async function publishImages<T extends string>(
  box: Box,
  images: Readonly<Record<T, Readonly<Record<string, string>>>>,
): Promise<Record<T, string>> {
  const tags = Object.keys(images) as T[];
  const names = tags.map((tag) => `${REPOSITORY}:${tag}`).join(" ");
  for (const tag of tags) await build(box, tag, images[tag]);
  await box.must(`mkdir -p ${FOLDER} && docker save ${names} | tar -xC ${FOLDER} && docker image rm ${names}`);
  const index = JSON.parse(await box.must(`cat ${FOLDER}/index.json`)) as Index;
  return Object.fromEntries(
    index.manifests.map(({ digest, annotations }) => [
      annotations["org.opencontainers.image.ref.name"],
      `${REPOSITORY}@${digest}`,
    ]),
  ) as Record<T, string>;
}

/** What `docker save` writes of the images that it was asked for. */
interface Index {
  readonly manifests: readonly { readonly digest: string; readonly annotations: Readonly<Record<string, string>> }[];
}

async function build(box: Box, tag: string, files: Readonly<Record<string, string>>): Promise<void> {
  const folder = `/tmp/rehearsal-${tag}`;
  for (const [file, content] of Object.entries(files)) {
    await box.must(`mkdir -p "$(dirname ${folder}/files${file})" && cat >${folder}/files${file}`, { input: content });
  }
  await box.must(`printf 'FROM rehearsal/app:1\\nCOPY files/ /\\n' >${folder}/Dockerfile`);
  await box.must(`DOCKER_BUILDKIT=0 docker build --quiet --network none --tag ${REPOSITORY}:${tag} ${folder}`);
}
