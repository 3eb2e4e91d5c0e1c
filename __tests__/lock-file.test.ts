import * as fs from "node:fs";
import { expect, test } from "vitest";

interface LockFile {
  readonly packages: Readonly<Record<string, { optionalDependencies?: Record<string, string> }>>;
}

/** A package for another platform that npm could not look up is left out without a word, and `npm ci` then refuses. */
test("the lock file names the optional packages of every platform", () => {
  const { packages } = JSON.parse(fs.readFileSync("package-lock.json", "utf8")) as LockFile;
  const wanted = Object.entries(packages).flatMap(([at, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).map((name) => ({ at, name })),
  );
  const missing = wanted.filter(
    ({ at, name }) => !(`node_modules/${name}` in packages) && !(`${at}/node_modules/${name}` in packages),
  );
  expect(wanted.length).toBeGreaterThan(20);
  expect(missing).toEqual([]);
});
