/** The commit of a real git repository, and whether the files are that commit. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { UserError } from "../../scripts/lib/errors";
import { readSource } from "../../scripts/release";

const env = { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
let root: string;

const git = (...args: string[]): string =>
  execFileSync("git", ["-C", root, "-c", "user.name=Ana", "-c", "user.email=ana@shop.example", ...args], {
    env,
    encoding: "utf8",
  }).trim();

function write(file: string, content: string, mode = 0o644): void {
  fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  fs.writeFileSync(path.join(root, file), content, { mode });
  fs.chmodSync(path.join(root, file), mode);
}

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "tiers-source-"));
  git("init", "--quiet");
  write("Dockerfile", "FROM scratch\n");
  write("api/main.txt", "one\n");
  write(".gitignore", "built/\n");
  git("add", ".");
  git("commit", "--quiet", "--message", "The first\n\nwith a body");
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

const dirtyTag = async (): Promise<string> => (await readSource(root, { env, allowDirty: true })).tag;

describe("a clean tree", () => {
  test("gives the whole commit as the tag, and its first line", async () => {
    const commit = git("rev-parse", "HEAD");
    expect(commit).toMatch(/^[0-9a-f]{40}$/);
    expect(await readSource(root, { env })).toEqual({ commit, tag: commit, subject: "The first", dirty: [] });
  });

  test("may be read from a folder inside the repository, and ignored files do not count", async () => {
    write("built/app.bin", "x");
    const { tag } = await readSource(path.join(root, "api"), { env });
    expect(tag).toBe(git("rev-parse", "HEAD"));
  });
});

describe("a dirty tree", () => {
  test("is refused and names each file: changed, new, deleted, renamed, anywhere in the repository", async () => {
    write("api/main.txt", "two\n");
    write("docs/näu notes.txt", "new\n");
    git("mv", "Dockerfile", "Containerfile");
    const attempt = readSource(path.join(root, "api"), { env });
    await expect(attempt).rejects.toThrow(UserError);
    await expect(attempt).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(
        /^4 files of .* are not as in the commit[^]*\n {2}Containerfile\n {2}Dockerfile\n {2}api\/main\.txt\n {2}docs\/näu notes\.txt$/,
      ) as string,
    });
  });

  test("names ten files and counts the rest", async () => {
    for (let at = 10; at < 22; at += 1) write(`new-${at}`, "");
    await expect(readSource(root, { env })).rejects.toThrow(/\n {2}new-19\n {2}and 2 more files$/);
  });

  test("gives, when allowed, a tag that says so and follows the content alone", async () => {
    const commit = git("rev-parse", "HEAD");
    write("api/main.txt", "two\n");
    const first = await dirtyTag();
    expect(first).toMatch(new RegExp(`^${commit}-dirty-[0-9a-f]{12}$`));
    expect(await dirtyTag()).toBe(first);
    write("api/main.txt", "three\n");
    const second = await dirtyTag();
    expect(second).not.toBe(first);
    write("api/main.txt", "two\n");
    git("add", ".");
    expect(await dirtyTag()).toBe(first);
  });

  test.each([
    ["a new file", () => write("new", "")],
    ["a deleted file", () => fs.rmSync(path.join(root, "Dockerfile"))],
    ["a program that was a file", () => write("api/main.txt", "two\n", 0o755)],
    [
      "a link in the place of a file",
      () => {
        fs.rmSync(path.join(root, "Dockerfile"));
        fs.symlinkSync("api/main.txt", path.join(root, "Dockerfile"));
      },
    ],
    [
      "a repository inside",
      () => {
        write("inner/file", "x");
        execFileSync("git", ["-C", path.join(root, "inner"), "init", "--quiet"], { env });
      },
    ],
  ])("%s changes the digits", async (_what, change) => {
    write("api/main.txt", "two\n");
    const before = await dirtyTag();
    change();
    expect(await dirtyTag()).not.toBe(before);
  });

  test("a change in a submodule counts, also where the repository says to ignore it", async () => {
    const library = fs.mkdtempSync(path.join(os.tmpdir(), "tiers-library-"));
    const words = ["-c", "user.name=Ana", "-c", "user.email=ana@shop.example"];
    execFileSync("git", ["init", "--quiet", library], { env });
    fs.writeFileSync(path.join(library, "file"), "x");
    execFileSync("git", ["-C", library, "add", "."], { env });
    execFileSync("git", ["-C", library, ...words, "commit", "--quiet", "--message", "x"], { env });
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library, "library");
    git("config", "--file", ".gitmodules", "submodule.library.ignore", "all");
    git("config", "diff.ignoreSubmodules", "all");
    git("add", ".");
    git("commit", "--quiet", "--message", "Library");
    expect((await readSource(root, { env })).dirty).toEqual([]);
    write("library/file", "y");
    await expect(readSource(root, { env })).rejects.toThrow(/\n {2}library$/);
    fs.rmSync(library, { recursive: true });
  });

  test("content of a repository inside changes the digits too", async () => {
    write("inner/file", "x");
    execFileSync("git", ["-C", path.join(root, "inner"), "init", "--quiet"], { env });
    const before = await dirtyTag();
    write("inner/file", "y");
    expect(await dirtyTag()).not.toBe(before);
  });
});

describe("what is no source", () => {
  test("a folder that is not there, or in no repository", async () => {
    const outside = fs.mkdtempSync(path.join(os.tmpdir(), "tiers-outside-"));
    await expect(readSource(path.join(root, "nowhere"), { env })).rejects.toThrow(/nowhere does not exist\.$/);
    await expect(readSource(outside, { env })).rejects.toThrow(/is in no git repository, .* Give --source\.$/);
    fs.rmSync(outside, { recursive: true });
  });

  test("a repository without a commit", async () => {
    const empty = path.join(root, "empty");
    execFileSync("git", ["init", "--quiet", empty], { env });
    await expect(readSource(empty, { env })).rejects.toThrow("has no commit yet, and images are named by theirs.");
  });

  test("a machine without git", async () => {
    await expect(readSource(root, { env: { PATH: "/nowhere" } })).rejects.toThrow("git was not found on PATH");
  });
});
