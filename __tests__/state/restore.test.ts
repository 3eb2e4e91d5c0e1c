import * as fs from "node:fs";
import * as path from "node:path";
import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Choice, moveState, type Place, restoreState, stateHistory } from "../../scripts/state";
import { readDocument } from "../../scripts/state/document";
import { type Moto, MOTO_INSTALL_MS, startMoto } from "../helpers/moto";
import { clientOf, type Demo, demos, KEY } from "./support";

let moto: Moto;
let demo: Demo;
let bucket: string;
const open = demos("restore");

beforeAll(async () => {
  moto = await startMoto();
}, MOTO_INSTALL_MS);
afterAll(() => moto.stop());

beforeEach(async () => {
  ({ demo, bucket } = await open(moto));
});
afterEach(() => demo.remove());

interface Asked {
  description: string;
}

/** Restores without a question, and keeps what would have been asked. */
async function restore(place: Place, choice: Choice, changes: { otherLineage?: boolean; refuse?: boolean } = {}) {
  const asked: Asked = { description: "" };
  const confirm = (description: string): Promise<void> => {
    asked.description = description;
    return changes.refuse ? Promise.reject(new Error("not agreed")) : Promise.resolve();
  };
  const { otherLineage = false } = changes;
  const result = await restoreState({ place, choice, copies: [], otherLineage, confirm, ...demo.common });
  return { ...result, ...asked };
}

/** Two applies with the state in S3: the second changes one resource, takes one and adds one. */
async function deployedTwice(): Promise<[first: string, second: string]> {
  demo.configure({ same: "1", changed: "1", old: "1" }, bucket);
  const first = await demo.apply();
  demo.configure({ same: "1", changed: "2", fresh: "1" }, bucket);
  return [first, await demo.apply()];
}

const serialOf = (text: string): number => (JSON.parse(text) as { serial: number }).serial;

describe("from a version in S3", () => {
  test("by serial: shows the difference, raises the serial, keeps what was there, and Terraform goes on", async () => {
    const [first, second] = await deployedTwice();
    const result = await restore(demo.s3(bucket), { serial: serialOf(first) });
    expect(result.description.split("\n").slice(1)).toEqual([
      "+ Terraform will know again (1):",
      "  + terraform_data.old",
      "- Terraform will forget, though it exists (1):",
      "  - terraform_data.fresh",
      "~ has other values (1):",
      "  ~ terraform_data.changed",
    ]);
    expect(result).toMatchObject({ from: 1, serial: 3, resources: 3, unchanged: false });
    expect(fs.readFileSync(result.copy ?? "", "utf8")).toBe(second);
    expect((await demo.must(["state", "list"])).split("\n").filter(Boolean)).toEqual([
      "terraform_data.changed",
      "terraform_data.old",
      "terraform_data.same",
    ]);
    await demo.must(["apply", "-no-color", "-auto-approve"]);
    expect(serialOf((await demo.s3(bucket).read()) ?? "")).toBe(4);
  });

  test("by its id, and a second time there is nothing to do", async () => {
    const [first] = await deployedTwice();
    const history = await stateHistory(demo.s3(bucket), 10);
    expect(history.map(({ serial, resources, current }) => [serial, resources, current])).toEqual([
      [2, 3, true],
      [1, 3, false],
    ]);
    const version = history[1]?.id ?? "";
    expect(await restore(demo.s3(bucket), { version })).toMatchObject({ from: 1, serial: 3, unchanged: false });
    expect(await restore(demo.s3(bucket), { version })).toMatchObject({ from: 1, serial: 3, unchanged: true });
    const now = readDocument(await demo.s3(bucket).read());
    const then = readDocument(first);
    if (now.kind !== "state" || then.kind !== "state") throw new Error("no state");
    expect([now.lineage, now.resources, now.outputs]).toEqual([then.lineage, then.resources, then.outputs]);
  });

  test("a user who does not agree leaves everything as it was, and the lock free", async () => {
    const [first, second] = await deployedTwice();
    await expect(restore(demo.s3(bucket), { serial: serialOf(first) }, { refuse: true })).rejects.toThrow("not agreed");
    expect(await demo.s3(bucket).read()).toBe(second);
    await (await demo.s3(bucket).hold("test")).release();
  });

  test("a deleted state comes back", async () => {
    const [, second] = await deployedTwice();
    await demo.must(["init", "-no-color", "-reconfigure"]);
    await clientOf(moto.url).send(new DeleteObjectCommand({ Bucket: bucket, Key: KEY }));
    expect(await demo.s3(bucket).read()).toBeUndefined();
    await restore(demo.s3(bucket), { serial: serialOf(second) });
    await demo.must(["plan", "-no-color", "-detailed-exitcode"]);
  });
});

describe("from a local copy", () => {
  test("a local state goes back, and one that was destroyed by an editor too", async () => {
    demo.configure({ one: "1" });
    await demo.apply();
    const good = fs.readFileSync(demo.file, "utf8");
    demo.keep(good);
    fs.writeFileSync(demo.file, good.slice(0, 100));
    const history = await stateHistory(demo.local, 10);
    expect(history[0]).toMatchObject({ current: true, note: "unreadable" });
    const result = await restore(demo.local, { version: history[1]?.id ?? "" });
    expect(result.description).toContain("terraform.demo.tfstate holds nothing that can be read");
    expect(fs.readFileSync(demo.file, "utf8")).toBe(good);
    expect(fs.readFileSync(result.copy ?? "", "utf8")).toBe(good.slice(0, 100));
    expect(path.basename(result.copy ?? "")).toMatch(/^unreadable\.[0-9a-f]{8}\.tfstate$/);
    await demo.must(["plan", "-no-color", "-detailed-exitcode"]);
  });
});

describe("refused, with nothing changed:", () => {
  test("a state of another lineage, unless asked for", async () => {
    const [, second] = await deployedTwice();
    const foreign = JSON.stringify({ ...(JSON.parse(second) as object), lineage: "another-life" });
    const choice = { text: foreign, file: "foreign.tfstate" };
    await expect(restore(demo.s3(bucket), choice)).rejects.toThrow(
      /The chosen state has lineage another-life, that of s3:\/\/\S+ is \S+: it belongs to another stack/,
    );
    expect(await demo.s3(bucket).read()).toBe(second);
    expect(await restore(demo.s3(bucket), choice, { otherLineage: true })).toMatchObject({ unchanged: true });
  });

  test.each<[string, Choice, RegExp]>([
    ["a serial that is not there", { serial: 99 }, /has no serial 99; tiers state history shows/],
    ["an id that is not there", { version: "none" }, /has no version none; tiers state history shows/],
    [
      "a file that is no state",
      { text: "{}", file: "x.json" },
      /^x\.json holds no state that could be restored: it is no/,
    ],
    ["an empty file", { text: "", file: "x" }, /^x holds no state that could be restored: empty\.$/],
  ])("%s", async (_what, choice, message) => {
    demo.configure({ one: "1" }, bucket);
    const before = await demo.apply();
    await expect(restore(demo.s3(bucket), choice)).rejects.toThrow(message);
    expect(await demo.s3(bucket).read()).toBe(before);
  });

  test("a serial that several different states have", async () => {
    demo.configure({ one: "1" });
    await demo.apply();
    const serial = demo.serial();
    const text = fs.readFileSync(demo.file, "utf8");
    demo.keep(text.replace(`"value": "1"`, `"value": "2"`));
    await expect(restore(demo.local, { serial })).rejects.toThrow(
      new RegExp(
        `^Several different states have serial ${serial}: choose one with --id, of terraform\\.demo\\.tfstate, serial-`,
      ),
    );
  });

  test("a place whose state was moved away", async () => {
    demo.configure({ one: "1" });
    await demo.apply();
    const text = fs.readFileSync(demo.file, "utf8");
    await moveState({ from: demo.local, to: demo.s3(bucket), ...demo.common });
    await expect(restore(demo.local, { text, file: "old" })).rejects.toThrow(
      `terraform.demo.tfstate was moved to s3://${bucket}/acme/demo.tfstate: restore it there.`,
    );
  });
});
