/** `tiers release build` and `push`, with stand-ins for the builders and moto for ECR. */
import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findTagged } from "../../scripts/release/registry";
import { filesIn } from "../helpers/folders";
import { MOTO_INSTALL_MS } from "../helpers/moto";
import { openProject, type ReleaseProject } from "./command-project";
import { digestOf, putImage } from "./support";

let project: ReleaseProject;
let commit: string;
beforeAll(async () => void (project = await openProject("release-images")), MOTO_INSTALL_MS);
afterAll(() => project?.stop());
beforeEach(() => {
  project.builders.forget();
  project.git("checkout", "--quiet", ".");
  project.git("clean", "--quiet", "--force");
  commit = project.git("rev-parse", "HEAD");
});

const build = (...words: string[]) => project.release("build", ...words, "--source", project.source);
const push = (...words: string[]) => project.release("push", ...words, "--source", project.source);
const dockerfile = (service: string) => path.join(project.source, "infrastructure", "docker", `Dockerfile.${service}`);

describe("build", () => {
  test("builds every service that is built from source, for the host's platform, without AWS", async () => {
    const { code, stdout, stderr } = await build();
    expect([code, stderr]).toEqual([0, expect.stringMatching(/ok {2} build backend .*\n {2}ok {2} build frontend /)]);
    expect(stdout).toMatch(
      new RegExp(
        `^backend +localhost/mvp/backend:${commit} +linux/amd64 +3\\.0 MiB\nfrontend .*\n\nPush them: tiers release push mvp --tag ${commit}\n$`,
      ),
    );
    const builds = project.builders.calls().filter(({ words }) => words.includes("--file"));
    expect(builds.map(({ program, words }) => [program, words.at(words.indexOf("--file") + 1), words.at(-1)])).toEqual([
      ["docker", dockerfile("backend"), project.source],
      ["docker", dockerfile("frontend"), project.source],
    ]);
    expect(project.agent.sent).toEqual([]);
  });

  test("builds the services that are named, with Podman on request, and says so as JSON", async () => {
    const { code, stdout, stderr } = await build("frontend", "--builder", "podman", "--json");
    expect([code, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toEqual({
      stack: "mvp",
      tag: commit,
      commit,
      builder: "podman",
      images: [
        {
          service: "frontend",
          name: `localhost/mvp/frontend:${commit}`,
          id: expect.stringMatching(/^sha256:/) as string,
          platform: "linux/amd64",
          sizeBytes: 3 * 1024 * 1024,
        },
      ],
    });
  });

  test("refuses a dirty tree and names the files, unless told otherwise", async () => {
    fs.appendFileSync(dockerfile("backend"), "# changed\n");
    const refused = await build();
    expect([refused.code, refused.stdout]).toEqual([2, ""]);
    expect(refused.stderr).toMatch(/is not as in the commit[^]*\n {2}infrastructure\/docker\/Dockerfile\.backend\n$/);
    expect(project.builders.calls().filter(({ words }) => words.includes("--file"))).toEqual([]);
    const { stdout } = await build("backend", "--allow-dirty", "--json");
    expect((JSON.parse(stdout) as { tag: string }).tag).toMatch(new RegExp(`^${commit}-dirty-[0-9a-f]{12}$`));
  });

  test("a build that fails ends with its own words and 1; --verbose shows what comes", async () => {
    fs.appendFileSync(dockerfile("backend"), "RUN FAIL\n");
    const { code, stdout, stderr } = await build("--allow-dirty", "--verbose");
    expect(stderr).toMatch(/^ERROR: make: \*\*\* no rule$[^]*^failed build backend/m);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(
      "error: backend: docker failed with exit code 1.\n#5 RUN make\n\nERROR: make: *** no rule\n",
    );
    expect(stderr).not.toContain("build frontend");
  });

  test.each([
    ["a service that is none", ["nosuch"], "nosuch: not built from source in mvp; those are: backend, frontend."],
    ["somebody else's image", ["search"], "search: not built from source in mvp; those are: backend, frontend."],
    ["another builder", ["--builder", "kaniko"], `The builder is "kaniko"; allowed: docker, podman.`],
  ])("wrong usage: %s", async (_what, words, message) => {
    const { code, stderr } = await build(...words);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`error: ${message}\n`)]);
  });

  test("files that change during the build: it is refused, and no image of them bears the commit's name", async () => {
    const before = commit;
    fs.appendFileSync(dockerfile("frontend"), "# MEANWHILE\n");
    project.git("commit", "--quiet", "--all", "--message", "Generate");
    const tag = project.git("rev-parse", "HEAD");
    const { code, stdout, stderr } = await build("--json");
    project.git("reset", "--quiet", "--hard", before);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(
      new RegExp(
        `error: The source changed while it was built: it was ${tag}, it is ${tag}-dirty-[^]*\n {2}meanwhile\n$`,
      ),
    );
    const images = fs.readFileSync(path.join(project.builders.folder, "images.json"), "utf8");
    expect(images).toContain(`localhost/mvp/backend:${tag}`);
    expect(images).not.toContain(`localhost/mvp/frontend:${tag}`);
  });

  test("a source without the Dockerfiles names each, and nothing is built", async () => {
    const { code, stderr } = await project.release("build", "--source", path.join(project.source, "infrastructure"));
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /error: backend: .*Dockerfile\.backend \(image\.build\.dockerfile\) does not exist\.\nfrontend: /,
    );
    expect(project.builders.calls().filter(({ words }) => words.includes("--file"))).toEqual([]);
  });

  test("help says what the tag is", async () => {
    const { code, stdout } = await project.copy.tiers(["release", "build", "--help"]);
    expect([code, stdout]).toEqual([0, expect.stringContaining("Example:\n  tiers release build mvp backend")]);
    expect((await project.copy.tiers(["release", "--help"])).stdout).toContain(
      "the commit of the source directory, all 40",
    );
  });
});

describe("push", () => {
  test("pushes what was built, once, under a tag that stays", async () => {
    await build();
    const first = await push("--json");
    expect([first.code, first.stderr]).toEqual([0, ""]);
    const { backend, frontend } = project.repositories;
    const [stored, other] = [
      await findTagged(project.ecr, backend, commit),
      await findTagged(project.ecr, frontend, commit),
    ];
    expect(JSON.parse(first.stdout)).toEqual({
      stack: "mvp",
      tag: commit,
      images: [
        {
          service: "backend",
          reference: `${backend.url}:${commit}@${stored?.digest}`,
          digest: stored?.digest,
          result: "pushed",
          latest: true,
        },
        {
          service: "frontend",
          reference: `${frontend.url}:${commit}@${other?.digest}`,
          digest: other?.digest,
          result: "pushed",
          latest: true,
        },
      ],
    });
    project.builders.forget();
    const second = await push();
    expect([second.code, second.stdout]).toEqual([
      0,
      expect.stringMatching(/^backend +was there +.*\nfrontend +was there /),
    ]);
    expect(project.builders.calls().filter(({ words }) => ["login", "push"].includes(words[0] ?? ""))).toEqual([]);
    expect(filesIn(project.copy.root).filter((file) => file.includes("tiers-registry"))).toEqual([]);
  });

  test("refuses to move a tag", async () => {
    await build("backend");
    await push("backend");
    fs.appendFileSync(dockerfile("backend"), "# other\n");
    project.git("commit", "--quiet", "--all", "--message", "Other");
    await build("backend");
    const other = project.git("rev-parse", "HEAD");
    const state = path.join(project.builders.folder, "images.json");
    const images = JSON.parse(fs.readFileSync(state, "utf8")) as Record<string, unknown>;
    images[`localhost/mvp/backend:${commit}`] = images[`localhost/mvp/backend:${other}`];
    fs.writeFileSync(state, JSON.stringify(images));
    const { code, stderr } = await push("backend", "--tag", commit);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/error: backend: the tag .* for another image \(sha256:.*\), and tags do not move\./),
    ]);
  });

  describe("for another build of a commit that was pushed, as on a fresh runner,", () => {
    const rebuilt = async (change: (images: Record<string, { Id: string }>) => void): Promise<string | undefined> => {
      await build("backend");
      await push("backend", "--keep-existing");
      const state = path.join(project.builders.folder, "images.json");
      const images = JSON.parse(fs.readFileSync(state, "utf8")) as Record<string, { Id: string }>;
      change(images);
      fs.writeFileSync(state, JSON.stringify(images));
      project.builders.forget();
      return (await findTagged(project.ecr, project.repositories.backend, commit))?.digest;
    };
    const name = () => `localhost/mvp/backend:${commit}`;
    const other = (images: Record<string, { Id: string }>) => {
      images[name()] = { ...images[name()], Id: digestOf("another build") };
    };

    test("--keep-existing takes what is there, and the deploy runs it", async () => {
      for (const change of [other, (images: Record<string, { Id: string }>) => void delete images[name()]]) {
        const digest = await rebuilt(change);
        const { code, stdout, stderr } = await push("backend", "--keep-existing", "--json");
        expect([code, stderr]).toEqual([0, ""]);
        expect(JSON.parse(stdout)).toMatchObject({ images: [{ digest, result: "was there" }] });
        expect(project.builders.calls().filter(({ words }) => words[0] === "push")).toEqual([]);
        project.host({ report: {} });
        expect((await project.release("deploy", "backend", "--source", project.source)).code).toBe(0);
        expect(project.asked().at(-1)).toContain(`backend=${project.repositories.backend.url}@${digest}`);
      }
    });

    test("it is refused without that, and where the tag is that of changed files", async () => {
      await rebuilt(other);
      expect(await push("backend")).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("tags do not move") as string,
      });
      const dirty = `${commit}-dirty-0123456789ab`;
      await putImage(project.ecr, project.repositories.backend, dirty, digestOf("stored"));
      const { code, stderr } = await push("backend", "--tag", dirty, "--keep-existing");
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining(`docker has no image localhost/mvp/backend:${dirty}`),
      ]);
    });
  });

  test("what was not built is told", async () => {
    const { code, stderr } = await push("--tag", "v1");
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /error: backend: docker has no image localhost\/mvp\/backend:v1; build it first[^]*\nfrontend: /,
    );
  });

  test("a tag that ECR would not take with the mark of a release before it is refused", async () => {
    const { code, stderr } = await push("--tag", "x".repeat(120));
    expect([code, stderr]).toEqual([2, expect.stringContaining(`error: --tag is "${"x".repeat(120)}"; allowed:`)]);
  });
});
