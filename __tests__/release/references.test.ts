/** The digest behind a reference to somebody else's image. */
import * as path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { resolveReference } from "../../scripts/release";
import { makeFolder, removeFolder } from "../helpers/folders";
import { type Builders, digestOf, standInBuilders } from "./support";

let folder: string;
let builders: Builders;
beforeAll(() => {
  folder = makeFolder("release-references");
  builders = standInBuilders(path.join(folder, "bin"), "", ["docker", "skopeo"]);
});
afterAll(() => removeFolder(folder));
afterEach(() => builders.forget());

describe("a reference to somebody else's image", () => {
  const MANIFEST = `{"config":{"size":1}}`;
  const DIGEST = digestOf(MANIFEST);
  const REFERENCE = "ghcr.io/acme/api:1.4.2";
  const HOST = "linux/arm64";
  const indexOf = (...architectures: string[]): string =>
    JSON.stringify({ manifests: architectures.map((architecture) => ({ platform: { os: "linux", architecture } })) });

  test("with a digest is taken as it is, without asking anybody", async () => {
    const pinned = `${REFERENCE}@${DIGEST}`;
    expect(await resolveReference("api", pinned, HOST, { PATH: "" })).toEqual({ service: "api", reference: pinned });
    expect(builders.calls()).toEqual([]);
  });

  test("without one is resolved by Docker", async () => {
    builders.knows(REFERENCE, MANIFEST);
    const { reference } = await resolveReference("api", REFERENCE, HOST, builders.env);
    expect(reference).toBe(`${REFERENCE}@${DIGEST}`);
    expect(builders.calls().map(({ program }) => program)).toEqual(["docker"]);
  });

  test("is resolved by skopeo where Docker is not there", async () => {
    const only = standInBuilders(path.join(folder, "skopeo-only"), "", ["skopeo"]);
    only.knows(REFERENCE, MANIFEST);
    const { reference } = await resolveReference("api", REFERENCE, HOST, { ...only.env, PATH: only.folder });
    expect(reference).toBe(`${REFERENCE}@${DIGEST}`);
  });

  test("that nobody knows is refused with what each one said, and what to do", async () => {
    await expect(resolveReference("api", "ghcr.io/acme/gone:1", HOST, builders.env)).rejects.toThrow(
      "api: nothing tells the digest of ghcr.io/acme/gone:1 (docker: ERROR: ghcr.io/acme/gone:1: not found; skopeo: " +
        "manifest unknown). Write it into the specification as ghcr.io/acme/gone:1@sha256:…, or name the services to " +
        "deploy without api.",
    );
    await expect(resolveReference("api", REFERENCE, HOST, { PATH: "" })).rejects.toThrow(
      "(docker is not there; skopeo is not there)",
    );
  });

  test("an answer that is no digest counts as none", async () => {
    const only = standInBuilders(path.join(folder, "docker-only"), "", ["docker"]);
    only.knows(REFERENCE, `{"digest":"sha256:short"}`);
    const attempt = resolveReference("api", REFERENCE, HOST, { ...only.env, PATH: only.folder });
    await expect(attempt).rejects.toThrow("docker: no digest, exit code 0");
  });

  test.each(["docker", "skopeo"])("that is an index has to have the host's platform, says %s", async (program) => {
    const only = standInBuilders(path.join(folder, `index-${program}`), "", [program]);
    const resolve = () => resolveReference("api", REFERENCE, HOST, { ...only.env, PATH: only.folder });
    const digest = only.knows(REFERENCE, indexOf("amd64", "arm64"));
    expect(await resolve()).toEqual({ service: "api", reference: `${REFERENCE}@${digest}` });
    only.knows(REFERENCE, indexOf("amd64", "s390x"));
    await expect(resolve()).rejects.toThrow(
      `api: the image ${REFERENCE} is for linux/amd64, linux/s390x, the host is linux/arm64.`,
    );
  });
});
