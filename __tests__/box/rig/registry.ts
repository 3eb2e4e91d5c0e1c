/** The account's registry in ECR: moto knows its images, and a server under its name gives them to the box by digest. */
import * as fs from "node:fs";
import * as path from "node:path";
import { PutImageCommand } from "@aws-sdk/client-ecr";
import type { Repository } from "../../../scripts/release";
import { ROOT } from "../../helpers/folders";
import { createRepository, ecrAt } from "../../release/support";
import type { Box } from "./box";
import type { Cloud } from "./cloud";
import { placePublicName } from "./public-name";

const BOX = path.join(ROOT, "__tests__", "box");
const ADDRESS = "192.0.2.12";
/** Of the box and of the one that replaces it. */
const FOLDER = "/rehearsal/registry";
const PROGRAM = "/usr/lib/rehearsal/registry.py";

/** Makes a service's repository in moto, under the name that it has in the stack. */
export async function makeRepository(cloud: Cloud, service: string): Promise<Repository> {
  const client = ecrAt(cloud.moto);
  try {
    return await createRepository(client, cloud.repositoryName(service));
  } finally {
    client.destroy();
  }
}

/** Gives a box the way to the registry, before its first boot. Images of other registries are pulled as in every box. */
export function placeRegistry(box: Box, { registry }: Repository): void {
  box.place(PROGRAM, fs.readFileSync(path.join(BOX, "rig", "registry.py"), "utf8"));
  placePublicName(box, {
    id: "registry",
    name: registry,
    address: ADDRESS,
    start: `/usr/bin/python3 -u ${PROGRAM} ${ADDRESS}`,
  });
  const standIn = fs.readFileSync(path.join(BOX, "root/files/usr/lib/rehearsal/docker"), "utf8");
  const pulled = standIn.replace(
    "    image=${*: -1}\n",
    `$&    case $image in ${registry}/*) exec "$docker" "$@" ;; esac\n`,
  );
  if (pulled === standIn)
    throw new Error("the stand-in for docker has changed: it no longer says which image it pulls");
  box.place("/usr/lib/rehearsal/docker", pulled, 0o755);
}

/**
 * Builds images from the stand-in for an app, puts them into the repository and removes them from the engine, so that they
 * have to be pulled.
 *
 * @param images files that each one holds besides, by tag and path
 * @returns by tag, the repository with the digest
 */
export async function publishImages<T extends string>(
  { box, cloud }: { readonly box: Box; readonly cloud: Cloud },
  { url, name }: Repository,
  images: Readonly<Record<T, Readonly<Record<string, string>>>>,
): Promise<Record<T, string>> {
  const tags = Object.keys(images) as T[];
  const names = tags.map((tag) => `${url}:${tag}`).join(" ");
  for (const tag of tags) await build(box, `${url}:${tag}`, images[tag]);
  await box.must(`mkdir -p ${FOLDER} && docker save ${names} | tar -xC ${FOLDER} && docker image rm ${names}`);
  const index = JSON.parse(await box.must(`cat ${FOLDER}/index.json`)) as Index;
  const client = ecrAt(cloud.moto);
  const published: [string, string][] = [];
  for (const { digest, annotations } of index.manifests) {
    const imageTag = annotations["org.opencontainers.image.ref.name"];
    const imageManifest = await box.must(`cat ${FOLDER}/blobs/${digest.replace(":", "/")}`);
    await client.send(new PutImageCommand({ repositoryName: name, imageTag, imageManifest, imageDigest: digest }));
    published.push([imageTag ?? "", `${url}@${digest}`]);
  }
  client.destroy();
  return Object.fromEntries(published) as Record<T, string>;
}

/** What `docker save` writes of the images that it was asked for. */
interface Index {
  readonly manifests: readonly { readonly digest: string; readonly annotations: Readonly<Record<string, string>> }[];
}

async function build(box: Box, name: string, files: Readonly<Record<string, string>>): Promise<void> {
  const folder = await box.must("mktemp --directory");
  for (const [file, content] of Object.entries(files)) {
    await box.must(`mkdir -p "$(dirname ${folder}/files${file})" && cat >${folder}/files${file}`, { input: content });
  }
  await box.must(`printf 'FROM rehearsal/app:1\\nCOPY files/ /\\n' >${folder}/Dockerfile`);
  await box.must(`DOCKER_BUILDKIT=0 docker build --quiet --network none --tag ${name} ${folder}`);
}
