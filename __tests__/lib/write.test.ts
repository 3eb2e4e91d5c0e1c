import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UserError } from "../../scripts/lib/errors";
import { asUserError, emptyFolder, readFile, removeIfEmpty, writeFileAtomic } from "../../scripts/lib/write";
import { filesIn, makeFolder, removeFolder } from "../helpers/folders";

let folder: string;
beforeAll(() => void (folder = makeFolder("write")));
afterAll(() => removeFolder(folder));

test("removeIfEmpty removes an empty folder and leaves any other", () => {
  const [empty, full] = [path.join(folder, "empty"), path.join(folder, "full")];
  fs.mkdirSync(empty);
  writeFileAtomic(path.join(full, "a.txt"), "content");
  for (const one of [empty, full, path.join(folder, "none")]) removeIfEmpty(one);
  expect([fs.existsSync(empty), filesIn(full)]).toEqual([false, ["a.txt"]]);
  expect(() => removeIfEmpty(path.join(full, "a.txt", "below"))).toThrow("is a file, not a folder.");
});

describe("writeFileAtomic", () => {
  test("makes folders and leaves no temporary file", () => {
    const file = path.join(folder, "new", "deep", "a.txt");
    writeFileAtomic(file, "content", { mode: 0o600 });
    expect(filesIn(path.join(folder, "new"))).toEqual(["deep/a.txt"]);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });

  test("replaces a file, unless told not to", () => {
    const file = path.join(folder, "b.txt");
    writeFileAtomic(file, "one");
    writeFileAtomic(file, "two");
    const attempt = (): void => writeFileAtomic(file, "three", { overwrite: false });
    expect(attempt).toThrow(
      new UserError(`${file} exists and is not overwritten. Choose another name or remove it.`, 2),
    );
    expect(fs.readFileSync(file, "utf8")).toBe("two");
    expect(fs.readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("names a path that runs through a file", () => {
    writeFileAtomic(path.join(folder, "file"), "");
    const inside = path.join(folder, "file", "a.txt");
    expect(() => writeFileAtomic(inside, "")).toThrow(`${path.join(folder, "file")} is a file, not a folder.`);
  });
});

test("readFile names what is missing, and a folder in the place of a file", () => {
  expect(() => readFile(path.join(folder, "none"))).toThrow(`${path.join(folder, "none")} does not exist.`);
  expect(() => readFile(folder)).toThrow(`${folder} is a folder, not a file.`);
});

test("emptyFolder removes what was there", () => {
  const target = path.join(folder, "empty");
  writeFileAtomic(path.join(target, "old"), "");
  emptyFolder(target);
  expect(fs.readdirSync(target)).toEqual([]);
});

test("errors of the file system become one line with exit code 2, others stay", () => {
  const denied = asUserError(Object.assign(new Error("EACCES: long text"), { code: "EACCES" }), "/x");
  expect(denied).toEqual(new UserError("No permission for /x. Change its owner or its mode, then try again.", 2));
  expect((denied as UserError).exitCode).toBe(2);
  const other = new TypeError("a fault");
  expect(asUserError(other, "/x")).toBe(other);
});
