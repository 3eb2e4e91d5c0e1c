/** Docker or Podman, as stand-ins that record what they are asked. */
import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { ECRClient } from "@aws-sdk/client-ecr";
import {
  type Builder,
  buildImage,
  chooseBuilder,
  localName,
  preparePushes,
  pushImage,
  type PushPlan,
  withSignIn,
} from "../../scripts/release";
import { findTagged } from "../../scripts/release/registry";
import { makeFolder, removeFolder } from "../helpers/folders";
import { type Moto, MOTO_INSTALL_MS, startMoto } from "../helpers/moto";
import { type Builders, createRepository, digestOf, ecrAt, putImage, standInBuilders } from "./support";

const PLATFORM = "linux/arm64";
const COMMIT = "3f1c9d2e8b7a6f5e4d3c2b1a0f9e8d7c6b5a4f3e";
const CREDENTIALS = { user: "AWS", password: "not-a-secret" };
const silent = (): void => undefined;
let folder: string;
let moto: Moto;
let client: ECRClient;
let builders: Builders;

beforeAll(async () => {
  folder = makeFolder("release-build");
  moto = await startMoto();
  client = ecrAt(moto);
  builders = standInBuilders(path.join(folder, "bin"), moto.url, ["docker", "podman", "skopeo"]);
}, MOTO_INSTALL_MS);
afterAll(async () => {
  client?.destroy();
  await moto?.stop();
  removeFolder(folder);
});
afterEach(() => builders.forget());

const choose = (wanted?: string): Promise<Builder> => chooseBuilder(builders.env, wanted);

/** A folder with programs for PATH; each prints a text and ends with a code. */
function pathWith(name: string, programs: Record<string, string>): NodeJS.ProcessEnv {
  const bin = path.join(folder, name);
  fs.mkdirSync(bin, { recursive: true });
  for (const [program, script] of Object.entries(programs)) {
    fs.writeFileSync(path.join(bin, program), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return { PATH: bin };
}

describe("the builder", () => {
  const WORKS = "echo v0.29.1";

  test("is Docker before Podman, unless somebody chooses", async () => {
    expect((await choose()).name).toBe("docker");
    expect((await choose("podman")).name).toBe("podman");
    expect((await chooseBuilder({ ...builders.env, TIERS_BUILDER: "podman" })).name).toBe("podman");
    expect((await chooseBuilder({ ...builders.env, TIERS_BUILDER: "podman" }, "docker")).name).toBe("docker");
  });

  test("is Podman when Docker lacks buildx or is not there", async () => {
    const without = pathWith("no-buildx", { docker: "exit 1", podman: WORKS });
    expect((await chooseBuilder(without)).name).toBe("podman");
    expect((await chooseBuilder(pathWith("podman-only", { podman: WORKS }))).name).toBe("podman");
  });

  test("what is missing is told", async () => {
    const bare = pathWith("bare", { docker: "exit 1" });
    await expect(chooseBuilder(bare)).rejects.toMatchObject({
      exitCode: 2,
      message:
        "There is nothing to build with: docker has no plugin buildx, podman was not found on PATH. tiers doctor says how to get them.",
    });
    await expect(chooseBuilder(bare, "podman")).rejects.toThrow("build with: podman was not found on PATH. tiers");
    await expect(chooseBuilder(bare, "buildah")).rejects.toThrow(`The builder is "buildah"; allowed: docker, podman.`);
  });
});

/** A service whose Dockerfile is given. */
function plan(service: string, dockerfile: string, target?: string) {
  const context = path.join(folder, "source", service);
  fs.mkdirSync(context, { recursive: true });
  fs.writeFileSync(path.join(context, "Dockerfile"), dockerfile);
  return { service, context, dockerfile: path.join(context, "Dockerfile"), target };
}

const requestFor = (service: string) => ({
  name: localName("mvp", service, COMMIT),
  platform: PLATFORM,
  revision: COMMIT,
});

describe("a build", () => {
  test.each([
    ["docker", ["buildx", "build", "--progress=plain", "--provenance=false", "--sbom=false", "--load"]],
    ["podman", ["build"]],
  ])("asks %s word by word, for the host's platform and the commit", async (name, begin) => {
    const odd = plan(`odd $(touch x) ; "name" of ${name}`, "FROM scratch\n", "run");
    const request = { ...requestFor("api"), name: `localhost/mvp/${name}:${COMMIT}` };
    const image = await buildImage(await choose(name), odd, request, silent);
    expect(image).toEqual({
      id: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
      platform: PLATFORM,
      sizeBytes: 3 * 1024 * 1024,
    });
    const call = builders.calls().find(({ words }) => words.includes("--file"));
    expect(call).toMatchObject({
      program: name,
      words: [
        ...begin,
        "--platform",
        PLATFORM,
        "--file",
        odd.dockerfile,
        "--target",
        "run",
        "--label",
        `org.opencontainers.image.revision=${COMMIT}`,
        "--tag",
        request.name,
        odd.context,
      ],
    });
    expect(fs.existsSync("x")).toBe(false);
  });

  test("that fails shows the builder's own last lines", async () => {
    const attempt = buildImage(await choose(), plan("broken", "RUN FAIL\n"), requestFor("broken"), silent);
    await expect(attempt).rejects.toThrow(
      /^broken: docker failed with exit code 1\.\n#5 RUN make\n\nERROR: make: \*\*\* no rule$/,
    );
  });

  test("that ends in an image for another machine is refused", async () => {
    const pinned = plan("pinned", "FROM --platform=linux/amd64 scratch\n");
    await expect(buildImage(await choose(), pinned, requestFor("pinned"), silent)).rejects.toThrow(
      "pinned: the image is for linux/amd64, the host is linux/arm64; look for --platform in its Dockerfile.",
    );
  });

  test("hands over what the builder says as it comes", async () => {
    const lines: string[] = [];
    await buildImage(await choose(), plan("said", "FROM scratch\n"), requestFor("said"), (line) => lines.push(line));
    expect(lines).toEqual(["#5 done"]);
  });
});

/** Builds an image and gives the plan of its push. */
async function built(
  builder: Builder,
  service: string,
  tag = COMMIT,
  dockerfile = "FROM scratch\n",
): Promise<PushPlan> {
  const name = localName("mvp", service, tag);
  await buildImage(builder, plan(service, dockerfile), { ...requestFor(service), name }, silent);
  const repository = await createRepository(client, `shop/${service}-${builder.name}`);
  return { service, tag, name, platform: PLATFORM, repository };
}

async function push(builder: Builder, ...plans: PushPlan[]) {
  const steps = await preparePushes(builder, client, plans);
  const registry = plans[0]?.repository.registry ?? "";
  return withSignIn(builder, registry, CREDENTIALS, async (signedIn) => {
    const done = [];
    for (const step of steps) done.push(await pushImage(signedIn, client, step, silent));
    return done;
  });
}

describe.each(["docker", "podman"])("a push with %s", (name) => {
  test("signs in by standard input, and leaves nothing of it behind", async () => {
    const builder = await choose(name);
    const one = await built(builder, "api");
    const [pushed] = await push(builder, one);
    const stored = await findTagged(client, one.repository, COMMIT);
    expect(pushed).toEqual({
      service: "api",
      reference: `${one.repository.url}:${COMMIT}@${stored?.digest}`,
      digest: stored?.digest,
      result: "pushed",
      latest: true,
    });
    expect((await findTagged(client, one.repository, "latest"))?.digest).toBe(stored?.digest);

    const calls = builders.calls();
    const login = calls.find(({ words }) => words[0] === "login");
    expect(login?.input).toBe(CREDENTIALS.password);
    expect(login?.words.slice(-4)).toEqual(["--username", "AWS", "--password-stdin", one.repository.registry]);
    expect(JSON.stringify(calls.map(({ words }) => words))).not.toContain(CREDENTIALS.password);
    expect(login?.signIn).toMatch(/tiers-registry-/);
    expect(fs.existsSync(path.dirname(login?.signIn ?? "/"))).toBe(false);
  });

  test("a second time sends nothing", async () => {
    const builder = await choose(name);
    const one = await built(builder, "twice");
    await push(builder, one);
    builders.forget();
    expect(await push(builder, one)).toMatchObject([{ result: "was there", latest: true }]);
    expect(builders.calls().filter(({ words }) => words[0] === "push")).toEqual([]);
  });

  test("another image under a tag that is there is refused before anything is sent", async () => {
    const builder = await choose(name);
    const [good, taken] = [await built(builder, "good"), await built(builder, "taken")];
    const there = await putImage(client, taken.repository, COMMIT, digestOf("somebody else's"));
    builders.forget();
    await expect(push(builder, good, taken)).rejects.toThrow(
      `taken: the tag ${COMMIT} is in ${taken.repository.url} for another image (${there}), and tags do not move. ` +
        "Deploy that one (--keep-existing takes it for pushed), or commit a change and build again.",
    );
    expect(builders.calls().every(({ words }) => words[0] === "image")).toBe(true);
  });

  test("an image that was not built, or is for another machine, is told per service", async () => {
    const builder = await choose(name);
    const one = await built(builder, "fine");
    const attempt = preparePushes(builder, client, [
      { ...one, service: "absent", name: "localhost/mvp/absent:x" },
      { ...one, platform: "linux/amd64" },
    ]);
    await expect(attempt).rejects.toThrow(
      `absent: ${name} has no image localhost/mvp/absent:x; build it first with tiers release build.\n` +
        "fine: the image is for linux/arm64, the host is linux/amd64",
    );
  });

  test(`"latest" does not follow to the image of a dirty tree, nor where it may not move`, async () => {
    const builder = await choose(name);
    const dirty = await built(builder, "dirty", `${COMMIT}-dirty-0123456789ab`);
    expect(await push(builder, dirty)).toMatchObject([{ result: "pushed", latest: false }]);
    const fixed = await built(builder, "fixed");
    const repository = await createRepository(client, `shop/fixed-all-${name}`, []);
    expect(await push(builder, { ...fixed, repository })).toMatchObject([{ result: "pushed", latest: false }]);
    expect(await findTagged(client, repository, "latest")).toBeUndefined();
  });
});

test("Docker's push works with the engine that the user has chosen, and not with the user's sign-ins", async () => {
  const home = path.join(folder, "a home");
  fs.mkdirSync(path.join(home, ".docker", "contexts", "meta"), { recursive: true });
  const settings = { currentContext: "desktop", auths: { "registry.example": { auth: "c2VjcmV0" } } };
  fs.writeFileSync(path.join(home, ".docker", "config.json"), JSON.stringify(settings));
  const builder = await chooseBuilder({ ...builders.env, HOME: home }, "docker");
  await withSignIn(builder, "registry", CREDENTIALS, ({ builder: { env } }) => {
    const own = env.DOCKER_CONFIG ?? "";
    expect(JSON.parse(fs.readFileSync(path.join(own, "config.json"), "utf8"))).toEqual({
      auths: { registry: {} },
      currentContext: "desktop",
    });
    expect(fs.existsSync(path.join(own, "contexts", "meta"))).toBe(true);
    expect(fs.statSync(own).mode & 0o077).toBe(0);
    return Promise.resolve();
  });
  expect(fs.existsSync(path.join(home, ".docker", "contexts", "meta"))).toBe(true);
});

test("a registry that refuses the sign-in ends the push, and nothing is left", async () => {
  const builder = await choose("podman");
  const attempt = withSignIn(builder, "registry", { user: "AWS", password: "" }, () => Promise.resolve("never"));
  await expect(attempt).rejects.toThrow("registry: podman failed with exit code 1.\nno password");
  const { signIn: file = "/" } = builders.calls().at(-1) ?? {};
  expect(fs.existsSync(path.dirname(file))).toBe(false);
});
