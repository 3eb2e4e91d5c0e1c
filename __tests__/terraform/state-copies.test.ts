import * as fs from "node:fs";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { guardLocalStates, type PlacedStack } from "../../modules/terraform/local-states";
import { copiesIn, keepCopy, KEPT_COPIES } from "../../modules/terraform/state-copies";
import { makeFolder, removeFolder } from "../helpers/folders";

let folder: string;
beforeEach(() => void (folder = makeFolder("state-copies")));
afterEach(() => removeFolder(folder));

const state = (serial: number, version = "1.11.4"): string =>
  JSON.stringify(
    { version: 4, terraform_version: version, serial, lineage: "a", resources: [{ instances: [{}] }] },
    null,
    2,
  );
const at = (second: number): Date => new Date(1_700_000_000_000 + second * 1000);
const names = (): string[] => copiesIn(folder).map(({ file }) => path.basename(file));

describe("keepCopy", () => {
  test("keeps what is new, once, with the state's own time and for its owner only", () => {
    const first = keepCopy(folder, state(1), at(0));
    expect(keepCopy(folder, state(1), at(9))).toBe(first);
    keepCopy(folder, state(2), at(1));
    expect(names()).toEqual([expect.stringMatching(/^serial-2\.[0-9a-f]{8}\.tfstate$/), path.basename(first ?? "")]);
    expect(fs.statSync(first ?? "").mtime).toEqual(at(0));
    expect(fs.statSync(first ?? "").mode & 0o777).toBe(0o600);
    expect(fs.readFileSync(first ?? "", "utf8")).toBe(state(1));
  });

  test("keeps two different states of one serial, and what nobody can read", () => {
    keepCopy(folder, state(1), at(0));
    keepCopy(folder, `${state(1)}\n`, at(1));
    keepCopy(folder, state(1).slice(0, 20), at(2));
    expect(names()).toHaveLength(3);
    expect(names()[0]).toMatch(/^unreadable\./);
  });

  test("keeps no empty state and no mark of a move", () => {
    expect(keepCopy(folder, "", at(0))).toBeUndefined();
    expect(keepCopy(folder, state(1, "MOVED: this state is now in s3://x/y"), at(0))).toBeUndefined();
    expect(names()).toEqual([]);
  });

  test("forgets the oldest beyond twenty, never the one that it was asked for", () => {
    expect(KEPT_COPIES).toBe(20);
    for (let serial = 1; serial <= 25; serial += 1) keepCopy(folder, state(serial), at(serial));
    const serials = names().map((name) => Number(/\d+/.exec(name)?.[0]));
    expect(serials).toEqual(Array.from({ length: 20 }, (_, index) => 25 - index));
    const old = keepCopy(folder, state(99), at(-1));
    expect(fs.existsSync(old ?? "")).toBe(true);
    expect(names()).toHaveLength(21);
  });
});

describe("guardLocalStates", () => {
  const outdir = (): string => path.join(folder, "cdktf.out");
  const local: PlacedStack = { id: "shop", backend: { type: "local", path: "../../../terraform.shop.tfstate" } };
  const inS3: PlacedStack = {
    id: "shop",
    backend: {
      type: "s3",
      bucket: "b",
      key: "shop/shop.tfstate",
      region: "eu-central-1",
      encrypt: true,
      use_lockfile: true,
    },
  };
  const file = (): string => path.join(folder, "terraform.shop.tfstate");
  const copies = () => copiesIn(path.join(folder, ".state", "shop"));

  test("keeps the state beside the output folder, and writes nothing where there is none", () => {
    expect(guardLocalStates(outdir(), [local])).toEqual([]);
    expect(fs.readdirSync(folder)).toEqual([]);
    fs.writeFileSync(file(), state(3));
    expect(guardLocalStates(outdir(), [local])).toEqual([]);
    expect(copies()).toHaveLength(1);
  });

  test("keeps what Terraform could not save, also for a stack with its state in S3", () => {
    const directory = path.join(outdir(), "stacks", "shop");
    fs.mkdirSync(directory, { recursive: true });
    fs.writeFileSync(path.join(directory, "errored.tfstate"), state(9));
    expect(guardLocalStates(outdir(), [inS3])).toEqual([]);
    expect(copies().map(({ file: copy }) => fs.readFileSync(copy, "utf8"))).toEqual([state(9)]);
  });

  test("warns of a local state that holds resources while the stack says S3, until it was moved", () => {
    fs.writeFileSync(file(), state(3));
    expect(guardLocalStates(outdir(), [inS3])).toEqual([
      "shop: its state is to lie in S3, but terraform.shop.tfstate still holds resources. Before you deploy: tiers state move shop --to s3",
    ]);
    fs.writeFileSync(file(), state(3, "MOVED: this state is now in s3://b/shop/shop.tfstate"));
    expect(guardLocalStates(outdir(), [inS3])).toEqual([]);
  });

  test("a copy that cannot be made is a warning, not the end of the synthesis", () => {
    fs.writeFileSync(file(), state(3));
    fs.writeFileSync(path.join(folder, ".state"), "a file in the way");
    expect(guardLocalStates(outdir(), [local])).toEqual([
      expect.stringMatching(/^shop: no copy of its state was kept: E/),
    ]);
  });
});
