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
  const DIGEST = digestOf("valkey");
  const REFERENCE = "ghcr.io/acme/api:1.4.2";

  test("with a digest is taken as it is, without asking anybody", async () => {
    const pinned = `${REFERENCE}@${DIGEST}`;
    expect(await resolveReference("api", pinned, { PATH: "" })).toEqual({ service: "api", reference: pinned });
    expect(builders.calls()).toEqual([]);
  });

  test("without one is resolved by Docker", async () => {
    builders.knows(REFERENCE, DIGEST);
    const { reference } = await resolveReference("api", REFERENCE, builders.env);
    expect(reference).toBe(`${REFERENCE}@${DIGEST}`);
    expect(builders.calls().map(({ program }) => program)).toEqual(["docker"]);
  });

  test("is resolved by skopeo where Docker is not there", async () => {
    const only = standInBuilders(path.join(folder, "skopeo-only"), "", ["skopeo"]);
    only.knows(REFERENCE, DIGEST);
    const { reference } = await resolveReference("api", REFERENCE, { ...only.env, PATH: only.folder });
    expect(reference).toBe(`${REFERENCE}@${DIGEST}`);
  });

  test("that nobody knows is refused with what each one said, and what to do", async () => {
    await expect(resolveReference("api", "ghcr.io/acme/gone:1", builders.env)).rejects.toThrow(
      "api: nothing tells the digest of ghcr.io/acme/gone:1 (docker: ERROR: ghcr.io/acme/gone:1: not found; skopeo: " +
        "manifest unknown). Write it into the specification as ghcr.io/acme/gone:1@sha256:…, or name the services to " +
        "deploy without api.",
    );
    await expect(resolveReference("api", REFERENCE, { PATH: "" })).rejects.toThrow(
      "(docker is not there; skopeo is not there)",
    );
  });

  test("an answer that is no digest counts as none", async () => {
    builders.knows(REFERENCE, "sha256:short");
    await expect(resolveReference("api", REFERENCE, builders.env)).rejects.toThrow("docker: no digest, exit code 0");
  });
});
