/** `tiers release` on a host: what is sent there, and what becomes of the answers. */
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findTagged } from "../../scripts/release/registry";
import { MOTO_INSTALL_MS } from "../helpers/moto";
import { INSTANCE } from "../helpers/ssm-agent";
import { openProject, type ReleaseProject } from "./command-project";
import { digestOf, putImage, putIndex, REPORTED } from "./support";

const SEARCH_MANIFEST = `{"config":{"size":1}}`;
const SEARCH = `ghcr.io/acme/search:2@${digestOf(SEARCH_MANIFEST)}`;
const RELEASED = { report: {} };
let project: ReleaseProject;
/** Commit of the source; its images are in the repositories. */
let commit: string;
let digests: Record<"backend" | "frontend", string>;

beforeAll(async () => {
  project = await openProject("release-deploy");
  project.builders.knows("ghcr.io/acme/search:2", SEARCH_MANIFEST);
  commit = project.git("rev-parse", "HEAD");
  digests = await images(commit);
}, MOTO_INSTALL_MS);
afterAll(() => project?.stop());
beforeEach(() => {
  project.agent.sent.length = 0;
  project.host(RELEASED);
});

/** Images of both services with a tag. */
async function images(tag: string): Promise<typeof digests> {
  const { backend, frontend } = project.repositories;
  return {
    backend: await putImage(project.ecr, backend, tag, digestOf(`backend ${tag}`)),
    frontend: await putImage(project.ecr, frontend, tag, digestOf(`frontend ${tag}`)),
  };
}

const deploy = (...words: string[]) => project.release("deploy", ...words, "--source", project.source);
const interrupted = (tag: string, when: () => boolean) => project.interrupted(["deploy", "mvp", "--tag", tag], when);
const marked = async (tag: string): Promise<string | undefined> =>
  (await findTagged(project.ecr, project.repositories.backend, `released-${tag}`))?.digest;

describe("deploy", () => {
  test("sends the digests of the commit's images, shows the report, and marks the images as released", async () => {
    const { backend, frontend } = project.repositories;
    const { code, stdout, stderr } = await deploy();
    expect([code, stderr]).toEqual([0, expect.stringMatching(/ok +release deploy \d{8}T\d{6}Z-\w{4} on webrana-mvp/)]);
    const [words = []] = project.asked();
    expect(words).toEqual([
      "deploy",
      "--id",
      expect.stringMatching(/^\d{8}T\d{6}Z-[0-9a-f]{4}$/),
      "--by",
      expect.stringMatching(/^[^@]+@[^@]+$/),
      "--message",
      "Faster search",
      "--json",
      `backend=${backend.url}@${digests.backend}`,
      `frontend=${frontend.url}@${digests.frontend}`,
      `search=${SEARCH}`,
    ]);
    expect(stdout).toContain(
      `released ${words[2]} on mvp in 42 s\n  backend   nothing -> ${digests.backend.slice(7, 19)}\n`,
    );
    expect(stdout + stderr).not.toMatch(/cdktf/i);
    expect(project.agent.sent.map(({ executionTimeout }) => executionTimeout)).toEqual(["21600"]);
    expect(await marked(commit)).toBe(digests.backend);
    expect((await findTagged(project.ecr, frontend, `released-${commit}`))?.digest).toBe(digests.frontend);
  });

  test("of one service with a tag leaves the others as they are, and says who and why as told", async () => {
    const { backend } = await images("v2");
    const message = `it's "urgent"; $(reboot)`;
    const { code, stdout, stderr } = await deploy(
      "backend",
      "--tag",
      "v2",
      "--no-backup",
      "--message",
      message,
      "--by",
      "ci",
      "--json",
    );
    expect([code, stderr]).toEqual([0, ""]);
    const [words = []] = project.asked();
    expect(words.slice(3)).toEqual([
      "--by",
      "ci",
      "--message",
      message,
      "--json",
      "--no-backup",
      `backend=${project.repositories.backend.url}@${backend}`,
    ]);
    expect(JSON.parse(stdout)).toMatchObject({
      stack: "mvp",
      tag: "v2",
      report: { result: "released", by: "ci", message },
    });
    expect(await marked("v2")).toBe(backend);
    expect(await findTagged(project.ecr, project.repositories.frontend, "released-v2")).toBeUndefined();
  });

  test("of somebody else's image needs neither a tag nor a commit", async () => {
    const { code } = await project.release("deploy", "search", "--source", "/nowhere");
    expect(code).toBe(0);
    expect(project.asked()[0]?.at(-1)).toBe(`search=${SEARCH}`);
  });

  test("what cannot be resolved is told per service, and the host is asked nothing", async () => {
    await putIndex(project.ecr, project.repositories.frontend, "v3", ["linux/arm64"]);
    const { code, stdout, stderr } = await deploy("--tag", "v3");
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /error: backend: \S+\/webrana\/mvp\/backend has no image v3; newest there: .*\.\nfrontend: the image v3 is for linux\/arm64, the host is linux\/amd64\.\n$/,
    );
    expect(project.agent.sent).toEqual([]);
  });

  test.each([
    [
      "a release that was taken back",
      { code: 1, report: { result: "taken back", reason: "backend is not healthy" }, stderr: "release: going back\n" },
      1,
      /^release: going back$[^]*^error: The deploy \S+ was taken back: backend is not healthy\. The images before run again\.$/m,
      /^taken back \S+ on mvp/,
    ],
    [
      "one that failed before it began",
      { code: 1, report: { result: "failed", reason: "no backup" } },
      1,
      /^error: The deploy \S+ failed: no backup\. The images before still run\.$/m,
      /^FAILED/,
    ],
    [
      "one whose way back failed too",
      { code: 3, report: { result: "failed", reason: "the disk is full" } },
      1,
      /^error: The deploy \S+ failed: the disk is full\. The images before are not well either; see: tiers status mvp$/m,
      /^FAILED/,
    ],
    [
      "a host that is in use",
      { code: 75, report: { result: "refused", holder: "deploy x by bo@desk: Fix, process 9, since 20:31:00" } },
      1,
      /^error: The host is in use: deploy x by bo@desk: Fix, process 9, since 20:31:00\. Nothing was changed; try again/m,
      /^refused/,
    ],
    [
      "an answer that nobody knows",
      { code: 1, stdout: "Segmentation fault" },
      3,
      /^error: The host's answer is not what this version of tiers knows: Segmentation fault$/m,
      /^$/,
    ],
    [
      "a host of an earlier configuration",
      { code: 127, stderr: "sh: 1: /opt/webrana/bin/release: not found\n" },
      1,
      /^error: webrana-mvp has no \/opt\/webrana\/bin\/release that runs \(.*not found\)\. Apply the stack, then on the host: sudo \/opt\/webrana\/bin\/update --config$/m,
      /^$/,
    ],
  ])("%s: the images are not marked as released", async (_what, behaviour, expected, error, shown) => {
    const tag = `bad-${Date.now()}`;
    await images(tag);
    project.host(behaviour);
    const { code, stdout, stderr } = await deploy("--tag", tag);
    expect([code, stderr, stdout]).toEqual([expected, expect.stringMatching(error), expect.stringMatching(shown)]);
    expect(await marked(tag)).toBeUndefined();
  });

  test.each([
    ["a service that is none", ["nosuch"], "nosuch: no service of mvp; services: backend, frontend, search."],
    ["a tag that moves", ["--tag", "latest"], `--tag is "latest", which moves; allowed: the tag of one image`],
    ["a message of two lines", ["--message", "a\nb"], "--message is not a single line of at most 200 bytes"],
  ])("wrong usage: %s", async (_what, words, message) => {
    const { code, stderr } = await deploy(...words);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`error: ${message}`)]);
    expect(project.agent.sent).toEqual([]);
  });

  test("a host that is not reached runs nothing, and nothing is marked", async () => {
    await images("v4");
    const before = project.agent.behaviour;
    project.agent.behaviour = { ...before, ping: "ConnectionLost" };
    const { code, stderr } = await deploy("--tag", "v4");
    project.agent.behaviour = before;
    expect([code, stderr]).toEqual([1, expect.stringContaining(`The host ${INSTANCE} is not online`)]);
    expect(await marked("v4")).toBeUndefined();
  });

  test("Ctrl-C while the host works: it goes on, its images will not expire, and the way to look is told", async () => {
    const { backend } = await images("v5");
    project.host({ ...RELEASED, delayMs: 15_000 });
    const { code, stderr } = await interrupted("v5", () => project.agent.sent.length > 0);
    expect(code).toBe(1);
    expect(stderr).toContain(
      "error: Interrupted: the host goes on with it (command command-1 of Systems Manager). See what became of it: " +
        "tiers release history mvp\n",
    );
    expect(await marked("v5")).toBe(backend);
    while (project.asked().length === 0) await pause(20);
    expect(project.asked()).toHaveLength(1);
  });

  test("Ctrl-C while it looks for digests: the host is asked nothing, and nothing is marked", async () => {
    await images("v6");
    const docker = project.builders.hang();
    const { code, stderr } = await interrupted("v6", docker.isCalled);
    docker.end();
    expect([code, stderr]).toEqual([1, expect.stringContaining("error: Interrupted: docker was stopped.\n")]);
    expect([project.agent.sent, await marked("v6")]).toEqual([[], undefined]);
  });
});

describe("rollback", () => {
  test("asks for the images before the newest release, or after one that is named", async () => {
    const back = await project.release("rollback");
    expect([back.code, back.stdout]).toEqual([0, expect.stringMatching(/^released \S+ on mvp in 42 s\n$/)]);
    const [words = []] = project.asked();
    expect(words).toEqual(["rollback", "--id", words[2], "--by", words[4], "--json"]);
    project.host(RELEASED);
    await project.release("rollback", "--to", "20261121T203106Z-1a2b", "--message", "slow");
    expect(project.asked()[0]?.slice(5)).toEqual(["--message", "slow", "--json", "--to", "20261121T203106Z-1a2b"]);
  });

  test("that the host refuses ends with 1 and its reason", async () => {
    project.host({ code: 1, report: { result: "refused", reason: "no release is known that ran before" } });
    const { code, stderr } = await project.release("rollback");
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/error: The rollback \S+ was refused: no release is known that ran before\. Nothing was/),
    ]);
  });
});

describe("history, job, maintenance", () => {
  test("history is a table, or JSON", async () => {
    project.host({ stdout: JSON.stringify([REPORTED]) });
    const { code, stdout } = await project.release("history", "--count", "3");
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^id .*\n20261121T203106Z-1a2b +deploy +released +ana@laptop /),
    ]);
    expect(project.asked()).toEqual([["history", "--count", "3", "--json"]]);
    expect(JSON.parse((await project.release("history", "--json")).stdout)).toEqual({
      stack: "mvp",
      releases: [REPORTED],
    });
    project.host({ stdout: "[]" });
    expect((await project.release("history")).stdout).toContain("Nothing was released on mvp yet.");
  });

  test("a job ends as the host says, with its words", async () => {
    project.host({ stderr: "release: migrate: 3 tables\n", stdout: `{"job":"migrate","exitCode":0,"seconds":2}` });
    const done = await project.release("job", "migrate");
    expect([done.code, done.stderr]).toEqual([0, expect.stringContaining("release: migrate: 3 tables\n")]);
    expect(project.asked()).toEqual([["job", "migrate"]]);
    project.host({ code: 1, stderr: "release: migrate ended with 4\n", stdout: `{"exitCode":4}` });
    const failed = await project.release("job", "migrate", "--json");
    expect([failed.code, JSON.parse(failed.stdout)]).toEqual([
      1,
      { stack: "mvp", code: 1, answer: { exitCode: 4 }, stderr: "release: migrate ended with 4\n" },
    ]);
    project.host({ code: 75, stderr: "release: deploy x by bo@desk: Fix, process 9, since 20:31\n" });
    expect((await project.release("job", "migrate")).stderr).toMatch(
      /bo@desk[^]*error: The host is in use, as it says above\./,
    );
  });

  test("maintenance goes on with a text, off, and tells", async () => {
    project.host({ stdout: "maintenance is on\n" });
    const on = await project.release("maintenance", "on", "--message", "Back at 14:00 UTC");
    expect([on.code, on.stdout]).toEqual([0, "maintenance is on\n"]);
    await project.release("maintenance", "status");
    expect(project.asked()).toEqual([
      ["maintenance", "on", "--message", "Back at 14:00 UTC"],
      ["maintenance", "status"],
    ]);
  });

  test.each([
    ["a job that is none", ["job", "nosuch"], "nosuch: no job of mvp; jobs: migrate."],
    ["too many releases", ["history", "--count", "51"], `--count is "51"; allowed: 1 to 50.`],
    ["another switch", ["maintenance", "maybe"], `maintenance is "maybe"; allowed: on, off, status.`],
    [
      "a text for nothing",
      ["maintenance", "off", "--message", "x"],
      `--message is the text of the page, for "on" alone.`,
    ],
    ["no id", ["rollback", "--to", "a b"], `--to is "a b"; allowed: an id as tiers release history shows it.`],
  ])("wrong usage: %s", async (_what, [command = "", ...words], message) => {
    const { code, stderr } = await project.release(command, ...words);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`error: ${message}`)]);
    expect(project.agent.sent).toEqual([]);
  });
});
