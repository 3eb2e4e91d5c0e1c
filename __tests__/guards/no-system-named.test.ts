/** What makes a system is its specification: the code that builds stacks knows none by name. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { apps } from "../../apps";

const names = apps.map(({ input }) => input.name);
const named = new RegExp(`\\b(${names.join("|")})\\b`, "i");

const files = execFileSync("git", ["ls-files", "-z", "--", "modules", "stacks", "main.ts"], { encoding: "utf8" })
  .split("\0")
  .filter(Boolean);

test("no file of stacks/ and modules/ names a system", () => {
  expect(names).toEqual(expect.arrayContaining(["webrana", "rex", "fastapi"]));
  expect(files.length).toBeGreaterThan(100);
  const naming = files.flatMap((file) =>
    readFileSync(file, "utf8")
      .split("\n")
      .flatMap((line, index) => (named.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
  expect(naming).toEqual([]);
});

test("a name would be found", () => {
  expect(
    ['if (app.name === "rex") {', "// As FastAPI does", "const webrana = 1;"].every((line) => named.test(line)),
  ).toBe(true);
  expect(named.test("a regexp of trexes")).toBe(false);
});
