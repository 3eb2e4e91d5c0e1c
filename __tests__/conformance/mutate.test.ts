import { describe, expect, test } from "vitest";
import { mutateAll, type Mutation } from "../../scripts/conformance/mutate";
import { type Outcome, type RunTests, vitestRunner } from "../../scripts/conformance/named-tests";
import type { Stacks } from "../../scripts/conformance/places";
import type { Built, Table } from "../../scripts/conformance/rows";
import { projectPaths } from "../../scripts/lib/paths";
import { ROOT } from "../helpers/folders";
import { shippedStack } from "../helpers/shipped";

const FILE = "__tests__/a.test.ts";
const stacks: Stacks = new Map([
  ["mvp", { size: 30, name: "web" }],
  ["other", { size: 30 }],
]);

const table = (address: string, ...built: Built[]): Table => ({
  system: "Shop",
  source: "A letter.",
  stack: "mvp",
  rows: [{ id: "X-01", asked: "a thing", test: address, built, rehearsed: [] }],
});
const SIZE: Built = { stack: "mvp", at: "/size", is: 30 };
const NAME: Built = { stack: "mvp", at: "/name", is: "web" };

/** Tests that are given as functions from the stacks to whether they pass. */
function tests(byName: Record<string, (stack: { size?: number; name?: string }) => boolean>): RunTests {
  return ({ file, name, stacks: given }) => {
    const stack = given.get("mvp") ?? {};
    const chosen = Object.entries(byName).filter(([candidate]) => file === FILE && (name ?? candidate) === candidate);
    return Promise.resolve(
      new Map(chosen.map(([title, passes]): [string, Outcome] => [title, passes(stack) ? "passed" : "failed"])),
    );
  };
}

const verdicts = async (tables: Table[], runTests: RunTests): Promise<string[]> =>
  (await mutateAll(tables, stacks, runTests, () => {})).map(({ verdict }) => verdict);

describe("the verdict on a changed value", () => {
  const holds = { "X-01 holds": ({ size }: { size?: number }) => size === 30 };

  test("is that it was caught when the named test fails on the copy only", async () => {
    expect(await verdicts([table(`${FILE} > X-01 holds`, SIZE)], tests(holds))).toEqual(["caught"]);
  });

  test("is that it went unnoticed when the named test looks elsewhere", async () => {
    expect(await verdicts([table(`${FILE} > X-01 holds`, NAME)], tests(holds))).toEqual(["the test still passes"]);
  });

  test("names a test that fails without any change: its failure says nothing", async () => {
    expect(await verdicts([table(`${FILE} > X-01 fails`, SIZE)], tests({ "X-01 fails": () => false }))).toEqual([
      "no test of this name passes on the stacks as they are",
    ]);
  });

  test("names a test that does not exist, also when another begins with its name", async () => {
    expect(await verdicts([table(`${FILE} > X-01`, SIZE)], tests(holds))).toEqual([
      "no test of this name passes on the stacks as they are",
    ]);
  });

  test("names a place that vanished and a value that is another", async () => {
    const vanished = { stack: "mvp", at: "/color", is: "red" };
    expect(await verdicts([table(`${FILE} > X-01 holds`, vanished, { ...SIZE, is: 20 })], tests(holds))).toEqual([
      "the value is not as the table says, or cannot be changed",
      "the value is not as the table says, or cannot be changed",
    ]);
  });

  test("names a run that gave no result", async () => {
    const broken: RunTests = (request) =>
      request.name === undefined ? tests(holds)(request) : Promise.resolve(new Map());
    expect(await verdicts([table(`${FILE} > X-01 holds`, SIZE)], broken)).toEqual(["the test could not be run"]);
  });
});

test("every value is changed alone, the other stacks stay, and each result is told as it comes", async () => {
  const seen: unknown[] = [];
  const told: Mutation[] = [];
  const record: RunTests = ({ name, stacks: given }) => {
    if (name !== undefined) seen.push(Object.fromEntries(given));
    return Promise.resolve(new Map<string, Outcome>([["a > b", name === undefined ? "passed" : "failed"]]));
  };
  const results = await mutateAll([table(`${FILE} > a > b`, SIZE, NAME)], stacks, record, (one) => told.push(one));
  expect(seen).toEqual([
    { mvp: { size: 31, name: "web" }, other: { size: 30 } },
    { mvp: { size: 30, name: "web-changed" }, other: { size: 30 } },
  ]);
  expect(told).toEqual(results);
  expect(results.map(({ id, place, test: name, verdict }) => [id, place, name, verdict])).toEqual([
    ["X-01", "mvp#/size", `${FILE} > a > b`, "caught"],
    ["X-01", "mvp#/name", `${FILE} > a > b`, "caught"],
  ]);
});

test("Vitest runs exactly the named test against the changed copy", async () => {
  const address = "__tests__/stacks/mvp-conformance.test.ts > WEB-MVP-03 the host has an Elastic IP";
  const tables = [
    table(
      address,
      { stack: "mvp", at: "/resource/aws_eip/host_address/domain", is: "vpc" },
      { stack: "mvp", at: "/resource/aws_ebs_volume/data_volume/type", is: "gp3" },
    ),
    table(address.slice(0, -1), { stack: "mvp", at: "/resource/aws_eip/host_address/domain", is: "vpc" }),
  ];
  const real: Stacks = new Map([["mvp", { ...shippedStack("mvp") }]]);
  const results = await mutateAll(tables, real, vitestRunner(projectPaths(ROOT)), () => {});
  const byPlace = results.map(({ place, verdict }) => `${place} ${verdict}`).sort();
  expect(byPlace).toEqual([
    "mvp#/resource/aws_ebs_volume/data_volume/type the test still passes",
    "mvp#/resource/aws_eip/host_address/domain caught",
    "mvp#/resource/aws_eip/host_address/domain no test of this name passes on the stacks as they are",
  ]);
});
