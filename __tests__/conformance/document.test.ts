import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { putDocument } from "../../scripts/conformance/document";
import { makeFolder, removeFolder } from "../helpers/folders";

let file: string;
beforeAll(() => void (file = path.join(makeFolder("conformance-document"), "conformance.md")));
afterAll(() => removeFolder(path.dirname(file)));

test("the document is written, then only compared when asked", () => {
  const outdated = "conformance.md is out of date: run npm run conformance and commit it.";
  expect(() => putDocument(file, "one", true)).toThrow(outdated);
  expect(fs.existsSync(file)).toBe(false);

  putDocument(file, "one", false);
  expect(fs.readFileSync(file, "utf8")).toBe("one");
  putDocument(file, "one", true);

  expect(() => putDocument(file, "two", true)).toThrow(outdated);
  expect(fs.readFileSync(file, "utf8")).toBe("one");
});
