import { expect, test } from "vitest";
import { hear } from "./lib/court";
import { Exceptions } from "./lib/exceptions";
import type { Input, Judge } from "./lib/types";

const judge: Judge = {
  name: "scanner",
  tool: "scanner",
  unit: "widgets",
  floor: () => 1,
  evaluate: (inputs) => Promise.resolve(new Map(inputs.map(({ label }) => [label, EVALUATION]))),
};
const EVALUATION = { evaluated: 3, findings: [], notes: [] };
const stacks: Input[] = [
  { label: "mvp", file: "/nowhere/mvp.json" },
  { label: "other", file: "/nowhere/other.json" },
];

const heard = (changes: Partial<Judge>, strict = true) =>
  hear({ ...judge, ...changes }, { stacks, exceptions: new Exceptions([]), strict });

test("a judge of stacks reads stacks, one of sources the repository and the samples", async () => {
  expect((await heard({})).details.map((line) => line.split(":")[0])).toEqual(["mvp", "other", expect.anything()]);
  expect((await heard({ docket: "sources" })).details.map((line) => line.split(":")[0])).toEqual([
    "repository",
    "samples",
    expect.anything(),
  ]);
});

test("what holds nothing for a judge is named, and not handed to it", async () => {
  const { details } = await heard({ reads: ({ label }) => label !== "mvp" });
  expect(details).toEqual(["mvp: has no widgets", "other: 3 widgets, 0 findings", "0 of 0 planted faults reported"]);
});

test("a judge that finds nothing to read, or for which no fault was planted, fails", async () => {
  expect(await heard({ reads: () => false })).toMatchObject({ status: "failed" });
  expect(await heard({})).toMatchObject({
    status: "failed",
    problems: ["no planted fault: nothing shows that it can find one"],
  });
});

test("a judge that cannot run is skipped, and fails where strictness is asked for", async () => {
  const unavailable = () => Promise.resolve("the tool is not there");
  expect(await heard({ unavailable }, false)).toMatchObject({
    status: "skipped",
    problems: ["the tool is not there"],
  });
  expect(await heard({ unavailable }, true)).toMatchObject({ status: "failed", problems: ["the tool is not there"] });
});

test("a judge that stops with an error has failed", async () => {
  const evaluate = () => Promise.reject(new Error("no report"));
  expect(await heard({ evaluate })).toMatchObject({ status: "failed", problems: ["no report"] });
});

test("what the product writes for others is read by judges of such files, and by no other", async () => {
  const written: Input[] = [{ label: "workflows of shop", file: "/nowhere/shop" }];
  const labels = async (changes: Partial<Judge>) => {
    const hearing = { stacks, written, exceptions: new Exceptions([]), strict: true };
    const { details } = await hear({ ...judge, ...changes }, hearing);
    return details.map((line) => line.split(":")[0]).slice(0, -1);
  };
  expect(await labels({ docket: "sources" })).toEqual(["repository", "workflows of shop", "samples"]);
  const reads = ({ label }: Input): boolean => !label.startsWith("workflows");
  expect(await labels({ docket: "sources", reads })).toEqual(["repository", "samples"]);
  expect(await labels({})).toEqual(["mvp", "other"]);
});
