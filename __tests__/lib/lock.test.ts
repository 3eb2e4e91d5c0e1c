import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { withLock } from "../../scripts/lib/lock";
import { makeFolder, removeFolder } from "../helpers/folders";

let file: string;
beforeAll(() => void (file = path.join(makeFolder("lock"), "sub", "one.lock")));
afterAll(() => removeFolder(path.dirname(path.dirname(file))));

test("a second run is refused by name while the first one works, and let in afterwards", async () => {
  await withLock(file, "The run", async () => {
    const second = withLock(file, "The run", async () => "never");
    await expect(second).rejects.toThrow(
      `The run is in use by process ${process.pid}. Wait for it to end, then try again.`,
    );
    expect(fs.existsSync(file)).toBe(true);
  });
  expect(await withLock(file, "The run", async () => "now")).toBe("now");
  expect(fs.existsSync(file)).toBe(false);
});

test("the lock is released when the work fails", async () => {
  await expect(withLock(file, "The run", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(fs.existsSync(file)).toBe(false);
});

test("a lock of a process that is gone is taken over", async () => {
  const beyondAnyPid = 2 ** 22 + 1;
  fs.writeFileSync(file, String(beyondAnyPid));
  expect(await withLock(file, "The run", async () => "in")).toBe("in");
});
