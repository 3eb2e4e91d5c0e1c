/** How a run gets through its faults, without Terraform. */
import { describe, expect, test } from "vitest";
import { UserError } from "../../scripts/lib/errors";
import { createReporter } from "../../scripts/lib/terminal";
import { faultsInWords } from "../../scripts/commands/fault-report";
import type { FaultStatus, ForgottenObject, Simulation } from "../../scripts/setup/engines";
import { FaultyRun } from "../../scripts/setup/faulty-run";
import { matchAddresses, type PlannedChange } from "../../scripts/setup/forgotten";

const status = (fault: string, times: number, delays = false): FaultStatus => ({ fault, times, delays, calls: 3 });

/** A simulated AWS that only tells what its faults did. */
class Fake implements Simulation {
  readonly env = {};
  readonly worldFile = "/nowhere/world.json";
  alive = true;
  constructor(readonly told: FaultStatus[]) {}
  faults = (): FaultStatus[] => this.told;
  forgotten = (): ForgottenObject[] => [];
  isAlive = (): boolean => this.alive;
  stop = (): Promise<void> => Promise.resolve();
}

function runWith(...simulations: Fake[]): { run: FaultyRun; started: () => number } {
  let started = 0;
  const reporter = createReporter({ write: () => true }, {}, "quiet");
  const run = new FaultyRun({
    start: async () => simulations[started++] ?? Promise.reject(new Error("started too often")),
    placeOf: ({ env }) => ({ cwd: __dirname, env, reporter }),
    stateFile: "/nowhere/state.tfstate",
  });
  return { run, started: () => started };
}

describe("a failure", () => {
  test("that no fault made ends the run", async () => {
    const { run } = runWith(new Fake([status("create:aws_vpc:1=fail:X", 0), status("any:*:each=slow:5", 9, true)]));
    await expect(run.through(() => Promise.reject(new UserError("terraform apply failed")), true)).rejects.toThrow(
      "terraform apply failed",
    );
  });

  test("of the program itself ends the run, also when a fault happened", async () => {
    const fake = new Fake([status("create:aws_vpc:1=fail:X", 0)]);
    const work = (): Promise<void> => {
      fake.told[0] = status("create:aws_vpc:1=fail:X", 1);
      return Promise.reject(new TypeError("a bug"));
    };
    await expect(runWith(fake).run.through(work, true)).rejects.toThrow("a bug");
  });

  test("of slow calls alone is no fault's", async () => {
    const fake = new Fake([status("any:*:each=slow:5", 1, true)]);
    const work = (): Promise<void> => {
      fake.told[0] = status("any:*:each=slow:5", 2, true);
      return Promise.reject(new UserError("timeout"));
    };
    await expect(runWith(fake).run.through(work, true)).rejects.toThrow("timeout");
  });
});

describe("faults that did not happen", () => {
  test("end the run with a line each", async () => {
    const fake = new Fake([status("create:aws_vpc:9=lose", 0), { ...status("update:aws_eip:1=lose", 0), calls: 0 }]);
    const report = runWith(fake).run.report();
    await expect(report).rejects.toMatchObject({
      exitCode: 2,
      message:
        'The fault "create:aws_vpc:9=lose" did not happen: this run made 3 such calls.\n' +
        'The fault "update:aws_eip:1=lose" did not happen: this run made no such call.',
    });
  });
});

describe("a simulated AWS that was killed", () => {
  test("is started once more, and only then", async () => {
    const [first, second] = [new Fake([]), new Fake([])];
    const { run, started } = runWith(first, second);
    expect(await run.simulation()).toBe(first);
    expect(await run.simulation()).toBe(first);
    first.alive = false;
    expect(await run.simulation()).toBe(second);
    expect(started()).toBe(2);
  });
});

describe("the resource of a forgotten object", () => {
  const rule = (address: string, port: number, extra: object = {}): PlannedChange => ({
    address,
    type: "aws_rule",
    change: { actions: ["create"], after: { port, name: null, list: [1], tags: { a: "1" }, ...extra } },
  });
  const object = (port: number, extra: object = {}): ForgottenObject => ({
    type: "aws_rule",
    id: `r-${port}`,
    importId: `r-${port}`,
    attributes: { port, name: "given", list: [2], tags: { a: "1", b: "2" }, ...extra },
  });
  const addresses = (objects: ForgottenObject[], changes: PlannedChange[]): (string | undefined)[] =>
    matchAddresses(objects, changes).map(({ address }) => address);

  test("is the one whose known values it has", () => {
    expect(addresses([object(443), object(80)], [rule("a", 80), rule("b", 443)])).toEqual(["b", "a"]);
    expect(addresses([object(443)], [rule("a", 443, { tags: { a: "2" } })])).toEqual([undefined]);
    expect(addresses([object(443, { port: null })], [rule("a", 443)])).toEqual([undefined]);
  });

  test("is each only once, of the same type, and still to be made", () => {
    expect(addresses([object(80), object(80)], [rule("a", 80)])).toEqual(["a", undefined]);
    expect(addresses([object(80)], [{ ...rule("a", 80), type: "aws_other" }])).toEqual([undefined]);
    const made: PlannedChange = { ...rule("a", 80), change: { actions: ["no-op"], after: { port: 80 } } };
    expect(addresses([object(80)], [made])).toEqual([undefined]);
  });
});

describe("the report in words", () => {
  test("has no line over 100 characters, and names what stays behind", () => {
    const error = `Error: creating aws_instance: ${"InsufficientInstanceCapacity and so on ".repeat(8)}`;
    const text = faultsInWords({
      faults: [
        {
          ...status("create:aws_instance:1=throttle:6:1000", 1),
          call: "create of aws_instance (1)",
          realWaitSeconds: 47.3,
        },
      ],
      setbacks: [
        { error, faults: ["f"], mendedBy: ["terraform untaint a.b"], leftOver: [{ type: "aws_vpc", id: "vpc-1" }] },
      ],
    }).join("\n\n");
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
    expect(text).toContain("    met create of aws_instance (1); the real provider waits about 47.3 s");
    expect(text).toContain("\n     terraform untaint a.b\n     aws_vpc vpc-1 stays behind");
  });
});
