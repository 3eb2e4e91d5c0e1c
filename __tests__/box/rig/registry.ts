/** Images that a box really pulls by digest, from a registry that it runs itself. */
import * as fs from "node:fs";
import * as path from "node:path";
import { ROOT } from "../../helpers/folders";
import type { Box } from "./box";

const BOX = path.join(ROOT, "__tests__", "box");
const REGISTRY = "127.0.0.1:5000";
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
 * Builds an image from the stand-in for an app, pushes it and removes what was built, so that it has to be pulled.
 *
 * @param name tag of the image
 * @param files what it holds besides, by path
 * @returns its repository with its digest
 */
export async function pushImage(box: Box, name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const image = `${REGISTRY}/shop/app`;
  const folder = `/tmp/rehearsal-${name}`;
  await box.must(`mkdir -p ${folder}/files`);
  for (const [file, content] of Object.entries(files)) {
    await box.must(`mkdir -p "$(dirname ${folder}/files${file})" && cat >${folder}/files${file}`, { input: content });
  }
  await box.must(`printf 'FROM rehearsal/app:1\\nCOPY files/ /\\n' >${folder}/Dockerfile`);
  await box.must(
    `cd ${folder} && DOCKER_BUILDKIT=0 docker build --quiet --network none --tag ${image}:${name} . && docker push --quiet ${image}:${name}`,
  );
  const digest = await box.must(`docker image inspect --format '{{index .RepoDigests 0}}' ${image}:${name}`);
  await box.must(`docker image rm ${image}:${name} ${digest}; ! docker image inspect ${digest} 2>/dev/null >&2`);
  return digest;
}
