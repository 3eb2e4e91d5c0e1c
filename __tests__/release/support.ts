/** Stand-ins for Docker and Podman that record what they are asked, and repositories at moto. */
import * as fs from "node:fs";
import * as path from "node:path";
import { CreateRepositoryCommand, ECRClient, PutImageCommand } from "@aws-sdk/client-ecr";
import { createHash } from "node:crypto";
import { parseRepository, type Report, type Repository } from "../../scripts/release";
import type { Moto } from "../helpers/moto";

const REGION = "ap-southeast-1";
const ACCOUNT = "123456789012";
const CREDENTIALS = { accessKeyId: "test", secretAccessKey: "test" };

export const urlOf = (name: string): string => `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${name}`;
export const repositoryOf = (name: string): Repository => parseRepository(urlOf(name));

export const ecrAt = (moto: Moto): ECRClient =>
  new ECRClient({ endpoint: moto.url, region: REGION, credentials: CREDENTIALS });

/** A repository like that of a stack: tags stay, but for "latest". */
export async function createRepository(client: ECRClient, name: string, excluded = ["latest"]): Promise<Repository> {
  await client.send(
    new CreateRepositoryCommand({
      repositoryName: name,
      imageTagMutability: excluded.length > 0 ? "IMMUTABLE_WITH_EXCLUSION" : "IMMUTABLE",
      ...(excluded.length > 0 && {
        imageTagMutabilityExclusionFilters: excluded.map((filter) => ({ filter, filterType: "WILDCARD" as const })),
      }),
    }),
  );
  return repositoryOf(name);
}

const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
const INDEX_TYPE = "application/vnd.oci.image.index.v1+json";
export const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;

/** Puts an image with a tag and returns its digest; `id` is the digest of its configuration. */
export async function putImage(client: ECRClient, { name }: Repository, tag: string, id: string): Promise<string> {
  const layers = [{ digest: digestOf(`layer of ${id}`), size: 1, mediaType: "application/vnd.oci.image.layer.v1.tar" }];
  return put(client, name, tag, { mediaType: MANIFEST_TYPE, config: { digest: id, size: 1 }, layers });
}

/** Puts an index of images for platforms. */
export async function putIndex(
  client: ECRClient,
  { name }: Repository,
  tag: string,
  platforms: readonly string[],
): Promise<string> {
  const manifests = platforms.map((platform) => {
    const [os, architecture] = platform.split("/");
    return { digest: digestOf(platform), platform: { os, architecture } };
  });
  return put(client, name, tag, { mediaType: INDEX_TYPE, manifests });
}

async function put(client: ECRClient, repositoryName: string, imageTag: string, content: object): Promise<string> {
  const imageManifest = JSON.stringify(content);
  const imageDigest = digestOf(imageManifest);
  await client.send(new PutImageCommand({ repositoryName, imageTag, imageManifest, imageDigest }));
  return imageDigest;
}

/** A release as a host reports it. */
export const REPORTED: Report = {
  id: "20261121T203106Z-1a2b",
  action: "deploy",
  by: "ana@laptop",
  message: "Faster search",
  startedAt: "2026-11-21T20:31:06Z",
  seconds: 42.6,
  result: "released",
  reason: "",
  images: {},
  backup: "",
  jobs: [],
  holder: "",
};

/** One run of a stand-in. */
export interface Call {
  program: string;
  words: string[];
  input: string;
  /** Where the sign-in lay: name of the folder or file. */
  signIn: string;
}

export interface Builders {
  /** For PATH, before everything else. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  calls(): Call[];
  /** Forgets the calls, not the images. */
  forget(): void;
  /** Lets Docker hang when it is called, until the end of it. */
  hang(): { isCalled: () => boolean; end: () => void };
  /** Lets a registry hold a manifest under a reference. Returns its digest. */
  knows(reference: string, manifest: string): string;
}

/**
 * Stand-ins in a folder. They "build" an image whose id follows from its Dockerfile, and push it to moto after a sign-in
 * alone, at `ecrUrl`. A Dockerfile with FAIL fails; one with "--platform=x" gives an image for x; while one with MEANWHILE is
 * built, a file comes into its folder.
 */
export function standInBuilders(folder: string, ecrUrl: string, programs: readonly string[]): Builders {
  fs.mkdirSync(folder, { recursive: true });
  for (const program of programs) fs.writeFileSync(path.join(folder, program), PROGRAM, { mode: 0o755 });
  const calls = path.join(folder, "calls.jsonl");
  const known = path.join(folder, "known.json");
  const readJson = (file: string): Record<string, string> =>
    fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as Record<string, string>) : {};
  return {
    folder,
    env: {
      PATH: `${folder}:${process.env.PATH}`,
      HOME: path.join(folder, "home"),
      STAND_IN: folder,
      STAND_IN_ECR: ecrUrl,
    },
    calls: () =>
      fs.existsSync(calls)
        ? fs
            .readFileSync(calls, "utf8")
            .trimEnd()
            .split("\n")
            .map((line) => JSON.parse(line) as Call)
        : [],
    forget: () => fs.rmSync(calls, { force: true }),
    hang: () => {
      const docker = path.join(folder, "docker");
      const called = `${docker}.called`;
      fs.writeFileSync(docker, `#!/bin/sh\ntouch '${called}'\nsleep 60\n`);
      return { isCalled: () => fs.existsSync(called), end: () => fs.writeFileSync(docker, PROGRAM) };
    },
    knows: (reference, manifest) => {
      fs.writeFileSync(known, JSON.stringify({ ...readJson(known), [reference]: manifest }));
      return digestOf(manifest);
    },
  };
}

const PROGRAM = `#!${process.execPath}
const fs = require("node:fs"), path = require("node:path"), crypto = require("node:crypto");
const folder = process.env.STAND_IN, program = path.basename(process.argv[1]), words = process.argv.slice(2);
const after = (word) => words[words.indexOf(word) + 1];
const read = (name) => (fs.existsSync(path.join(folder, name)) ? JSON.parse(fs.readFileSync(path.join(folder, name))) : {});
const images = read("images.json");
const keep = () => fs.writeFileSync(path.join(folder, "images.json"), JSON.stringify(images));
const hash = (text) => "sha256:" + crypto.createHash("sha256").update(text).digest("hex");
const authFile = words.includes("--authfile") ? after("--authfile") : path.join(process.env.DOCKER_CONFIG ?? "", "signed-in");
const input = words[0] === "login" ? fs.readFileSync(0, "utf8") : "";
const signIn = ["login", "push"].includes(words[0]) ? authFile : "";
fs.appendFileSync(path.join(folder, "calls.jsonl"), JSON.stringify({ program, words, input, signIn }) + "\\n");
const end = (code, out = "", err = "") => { process.stdout.write(out); process.stderr.write(err); process.exitCode = code; };

async function push(target) {
  const image = images[target];
  if (!image) return end(1, "", "An image does not exist locally with the tag: " + target + "\\n");
  if (!fs.existsSync(authFile)) return end(1, "", "no basic auth credentials\\n");
  const [, registry, name, tag] = /^([^/]+)\\/(.+):([^:]+)$/.exec(target);
  const id = "sha256:" + image.Id.replace("sha256:", "");
  const layers = [{ digest: hash("layer of " + id), size: 1 }];
  const manifest = JSON.stringify({ mediaType: "${MANIFEST_TYPE}", config: { digest: id, size: 1 }, layers });
  const answer = await fetch(process.env.STAND_IN_ECR, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AmazonEC2ContainerRegistry_V20150921.PutImage",
      authorization: "AWS4-HMAC-SHA256 Credential=test/20260101/" + registry.split(".")[3] + "/ecr/aws4_request, SignedHeaders=host, Signature=0",
    },
    body: JSON.stringify({ repositoryName: name, imageTag: tag, imageManifest: manifest, imageDigest: hash(manifest) }),
  });
  return answer.ok ? end(0, "pushed\\n") : end(1, "", await answer.text());
}

if (words[0] === "buildx" && words[1] === "version") end(0, "github.com/docker/buildx v0.29.1\\n");
else if (words[0] === "buildx" && words[1] === "imagetools") {
  const manifest = read("known.json")[words[3]];
  manifest ? end(0, JSON.stringify({ digest: hash(manifest), ...JSON.parse(manifest) })) : end(1, "", "ERROR: " + words[3] + ": not found\\n");
} else if (words[0] === "inspect") {
  const manifest = read("known.json")[words.at(-1).replace("docker://", "")];
  manifest ? end(0, manifest) : end(1, "", "manifest unknown\\n");
} else if (words.includes("build")) {
  const dockerfile = fs.readFileSync(after("--file"), "utf8");
  if (dockerfile.includes("FAIL")) end(1, "#5 RUN make\\n", "ERROR: make: *** no rule\\n");
  else {
    if (dockerfile.includes("MEANWHILE")) fs.writeFileSync(path.join(words.at(-1), "meanwhile"), "");
    const platform = /--platform=(\\S+)/.exec(dockerfile)?.[1] ?? after("--platform");
    const [Os, Architecture] = platform.split("/");
    const id = hash(dockerfile + after("--label"));
    images[after("--tag")] = { Id: program === "podman" ? id.slice(7) : id, Os, Architecture, Size: 3 * 1024 * 1024 };
    keep();
    end(0, "", "#5 done\\n");
  }
} else if (words[0] === "image" && words[1] === "rm") { delete images[words[2]]; keep(); }
else if (words[0] === "image") {
  const image = images[words[2]];
  image ? end(0, JSON.stringify([image])) : end(1, "[]", program === "podman" ? "Error: " + words[2] + ": image not known\\n" : "Error response from daemon: No such image: " + words[2] + "\\n");
} else if (words[0] === "tag") { images[words[2]] = images[words[1]]; keep(); }
else if (words[0] === "login") input ? (fs.writeFileSync(authFile, "x"), end(0, "Login Succeeded\\n")) : end(1, "", "no password\\n");
else if (words[0] === "push") void push(words.at(-1));
else end(1, "", "unknown command " + words.join(" ") + "\\n");
`;
