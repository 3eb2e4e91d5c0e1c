import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { moveState, type Place } from "../../scripts/state";
import { readDocument } from "../../scripts/state/document";
import { type Moto, MOTO_INSTALL_MS, startMoto } from "../helpers/moto";
import { clientOf, Demo, demos, KEY, makeBucket } from "./support";

let moto: Moto;
let demo: Demo;
let bucket: string;
const open = demos("move");

beforeAll(async () => {
  moto = await startMoto();
}, MOTO_INSTALL_MS);
afterAll(() => moto.stop());

beforeEach(async () => {
  ({ demo, bucket } = await open(moto));
});
afterEach(() => demo.remove());

const move = (from: Place, to: Place) => moveState({ from, to, ...demo.common });

/** A local state of two resources. */
async function deployed(): Promise<string> {
  demo.configure({ one: "1", two: "2" });
  return demo.apply();
}

describe("to S3 and back", () => {
  test("the state arrives byte for byte, Terraform goes on there, and comes back the same way", async () => {
    await deployed();
    const before = fs.readFileSync(demo.file, "utf8");
    const serial = demo.serial();
    const result = await move(demo.local, demo.s3(bucket));
    expect(result).toMatchObject({ serial, resources: 2, already: false, to: `s3://${bucket}/acme/demo.tfstate` });
    expect(await demo.s3(bucket).read()).toBe(before);
    expect(fs.readFileSync(result.copy ?? "", "utf8")).toBe(before);

    demo.configure({ one: "1", two: "2" }, bucket);
    await demo.must(["init", "-no-color", "-reconfigure"]);
    await demo.must(["plan", "-no-color", "-detailed-exitcode"]);
    demo.configure({ one: "1", two: "22" }, bucket);
    const after = await demo.apply();

    const back = await move(demo.s3(bucket), demo.local);
    expect(back).toMatchObject({ serial: serial + 1, resources: 2, already: false });
    expect(fs.readFileSync(demo.file, "utf8")).toBe(after);
    demo.configure({ one: "1", two: "22" });
    await demo.must(["init", "-no-color", "-reconfigure"]);
    await demo.must(["plan", "-no-color", "-detailed-exitcode"]);
  });

  test("both places are free again, and nothing of the proof is left", async () => {
    await deployed();
    await move(demo.local, demo.s3(bucket));
    expect(fs.readdirSync(demo.root).sort()).toEqual([".state", "cdktf.out", "terraform.demo.tfstate", "terraform.rc"]);
    expect(fs.readdirSync(`${demo.root}/.state`)).toEqual(["demo"]);
    await (await demo.s3(bucket).hold("test")).release();
  });
});

describe("the old place", () => {
  test("a file is refused by every Terraform, which shows where the state is now", async () => {
    await deployed();
    await move(demo.local, demo.s3(bucket));
    const mark = fs.readFileSync(demo.file, "utf8");
    for (const args of [
      ["plan", "-no-color"],
      ["apply", "-no-color", "-auto-approve"],
      ["state", "list"],
    ]) {
      const { code, stderr } = await demo.terraform(args);
      expect(code).toBe(1);
      expect(stderr.replaceAll(/\s+/g, " ")).toContain(
        `MOVED: this state is now in s3://${bucket}/acme/demo.tfstate (tiers state move)`,
      );
    }
    expect(fs.readFileSync(demo.file, "utf8")).toBe(mark);
  });

  test("an object is refused in the same way, and its older versions stay", async () => {
    demo.configure({ one: "1" }, bucket);
    const before = await demo.apply();
    await move(demo.s3(bucket), demo.local);
    const { code, stderr } = await demo.terraform(["apply", "-no-color", "-auto-approve"]);
    expect([code, stderr.replaceAll(/\s+/g, " ")]).toEqual([
      1,
      expect.stringContaining("MOVED: this state is now in terraform.demo.tfstate"),
    ]);
    const [mark, state] = await demo.s3(bucket).versions(10);
    expect(readDocument(await mark?.read())).toMatchObject({ kind: "moved", where: "terraform.demo.tfstate" });
    expect(await state?.read()).toBe(before);
  });
});

describe("interrupted", () => {
  /** A place that fails at its nth write, before it or after it. */
  function breaking(place: Place, when: "before" | "after"): Place {
    return {
      shown: place.shown,
      backend: place.backend,
      read: () => place.read(),
      hold: (work) => place.hold(work),
      versions: (limit) => place.versions(limit),
      write: async (text) => {
        if (when === "after") await place.write(text);
        throw new Error("the power failed");
      },
    };
  }

  test.each(["before", "after"] as const)(
    "%s the new place was written: the old one works, a rerun goes on",
    async (when) => {
      await deployed();
      const before = fs.readFileSync(demo.file, "utf8");
      await expect(move(demo.local, breaking(demo.s3(bucket), when))).rejects.toThrow("the power failed");
      expect(fs.readFileSync(demo.file, "utf8")).toBe(before);
      await demo.must(["plan", "-no-color", "-detailed-exitcode"]);
      await move(demo.local, demo.s3(bucket));
      expect(await demo.s3(bucket).read()).toBe(before);
    },
  );

  test.each(["before", "after"] as const)("%s the old place was marked: a rerun ends it", async (when) => {
    await deployed();
    const before = fs.readFileSync(demo.file, "utf8");
    await expect(move(breaking(demo.local, when), demo.s3(bucket))).rejects.toThrow("the power failed");
    expect(await demo.s3(bucket).read()).toBe(before);
    const again = await move(demo.local, demo.s3(bucket));
    expect(again).toMatchObject({ resources: 2, already: when === "after" });
    expect(readDocument(fs.readFileSync(demo.file, "utf8"))).toMatchObject({ kind: "moved" });
  });

  test("an apply in between at the old place is not lost", async () => {
    await deployed();
    await expect(move(breaking(demo.local, "before"), demo.s3(bucket))).rejects.toThrow("the power failed");
    demo.configure({ one: "1", two: "2", three: "3" });
    const newer = await demo.apply();
    await move(demo.local, demo.s3(bucket));
    expect(await demo.s3(bucket).read()).toBe(newer);
  });

  test("a lock in S3 that a killed command of this machine left is taken over, a living one's is not", async () => {
    await deployed();
    const hold = await demo.s3(bucket).hold("test");
    await expect(move(demo.local, demo.s3(bucket))).rejects.toThrow(
      /acme\/demo\.tfstate: \S+@\S+ has locked the state since .* UTC \(tiers state test\)\. .*force-unlock [0-9a-f-]{36}/,
    );
    const lock = await readLock();
    await hold.release();
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    await writeLock({ ...lock, Info: `pid ${dead}`, Who: "colleague@laptop" });
    await expect(move(demo.local, demo.s3(bucket))).rejects.toThrow("colleague@laptop has locked the state");
    await writeLock({ ...lock, Info: `pid ${dead}` });
    await move(demo.local, demo.s3(bucket));
  });

  const lockObject = () => ({ Bucket: bucket, Key: `${KEY}.tflock` });

  async function readLock(): Promise<object> {
    const { Body: body } = await clientOf(moto.url).send(new GetObjectCommand(lockObject()));
    return JSON.parse((await body?.transformToString()) ?? "") as object;
  }

  const writeLock = (lock: object) =>
    clientOf(moto.url).send(new PutObjectCommand({ ...lockObject(), Body: JSON.stringify(lock) }));
});

describe("refused, with nothing changed:", () => {
  test("no state", async () => {
    await expect(move(demo.local, demo.s3(bucket))).rejects.toThrow(
      "terraform.demo.tfstate holds no state: there is nothing to move.",
    );
  });

  test("another state at the new place", async () => {
    await deployed();
    const other = new Demo("state-move-other", moto);
    other.configure({ one: "1" }, bucket);
    const theirs = await other.apply();
    other.remove();
    await expect(move(demo.local, demo.s3(bucket))).rejects.toThrow(/holds another state with 1 resources \(lineage /);
    expect(await demo.s3(bucket).read()).toBe(theirs);
    await demo.must(["plan", "-no-color", "-detailed-exitcode"]);
  });

  test("changes at both places", async () => {
    await deployed();
    const old = fs.readFileSync(demo.file, "utf8");
    await move(demo.local, demo.s3(bucket));
    demo.configure({ one: "1", two: "22" }, bucket);
    const newer = await demo.apply();
    fs.writeFileSync(demo.file, old);
    await expect(move(demo.local, demo.s3(bucket))).rejects.toThrow(
      /was written since \(serial \d+, here \d+; 1 resources differ\): both have changes of their own/,
    );
    expect(await demo.s3(bucket).read()).toBe(newer);
  });

  test("a place that was moved elsewhere", async () => {
    await deployed();
    await move(demo.local, demo.s3(bucket));
    await makeBucket(moto, `${bucket}-2`);
    await expect(move(demo.local, demo.s3(`${bucket}-2`))).rejects.toThrow(
      `terraform.demo.tfstate was moved to s3://${bucket}/acme/demo.tfstate: move it from there.`,
    );
  });

  test("an apply that runs on the local state, named by its holder", { timeout: 60_000 }, async () => {
    await deployed();
    demo.configure({ one: "1", two: "2" }, undefined, 3);
    const apply = await demo.startSlowApply();
    await expect(move(demo.local, demo.s3(bucket))).rejects.toThrow(
      /^The move needs terraform\.demo\.tfstate for itself: \S+@\S+ has locked the state since .* UTC \(OperationTypeApply\)\. Wait/,
    );
    expect(await apply.wait()).toBe(0);
    expect(await demo.s3(bucket).read()).toBeUndefined();
  });

  test("Terraform on the local state, while a move holds it", async () => {
    await deployed();
    const hold = await demo.local.hold("test");
    const { code, stderr } = await demo.terraform(["apply", "-no-color", "-auto-approve"]);
    await hold.release();
    expect([code, stderr]).toEqual([1, expect.stringContaining("Error acquiring the state lock")]);
    await demo.must(["apply", "-no-color", "-auto-approve"]);
  });
});

test("a state without resources is locked and moved as well", async () => {
  demo.configure({});
  await demo.must(["init", "-no-color"]);
  fs.writeFileSync(
    demo.file,
    JSON.stringify({ version: 4, terraform_version: "1.11.4", serial: 4, lineage: "aa", outputs: {}, resources: [] }),
  );
  const hold = await demo.local.hold("test");
  const refused = await demo.terraform(["apply", "-no-color", "-auto-approve"]);
  await hold.release();
  expect(refused.stderr).toContain("Error acquiring the state lock");
  await move(demo.local, demo.s3(bucket));
  expect(readDocument(await demo.s3(bucket).read())).toMatchObject({ kind: "state", serial: 4, lineage: "aa" });
});
