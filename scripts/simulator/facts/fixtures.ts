/** Answers of data sources: the user's fixtures, what is built in, and the simulated account. Nothing is guessed. */
import * as fs from "node:fs";
import { z } from "zod";
import { UserError } from "../../lib/errors";
import type { Ctx, Obj, World, WorldObject } from "../contract";
import { BUILT_IN } from "../hooks/data-sources";
import { canon } from "../wire/value";
import { readFacts } from "./load";
import { isSet } from "./paths";

const Values = z.record(z.string(), z.unknown());
const FixturesFile = z.strictObject({
  /** Answers: `match` names arguments of the data source, `result` its attributes. */
  data: z.array(z.strictObject({ type: z.string(), match: Values.default({}), result: Values })).default([]),
  /** Objects that the account holds already. */
  world: z
    .array(z.strictObject({ type: z.string(), id: z.string(), region: z.string(), attributes: Values.default({}) }))
    .default([]),
});

type DataFixture = z.infer<typeof FixturesFile>["data"][number];

export interface Fixtures {
  data: DataFixture[];
  world: WorldObject[];
}

/**
 * Reads a fixtures file.
 *
 * @throws UserError naming the place when the file cannot be read or has another form
 */
export function readFixtures(file: string | undefined): Fixtures {
  if (file === undefined) return { data: [], world: [] };
  const parsed = FixturesFile.safeParse(parseFile(file));
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "the file"}: ${message}`);
    throw new UserError(`The fixtures file ${file} has another form than expected: ${issues.join("; ")}.`, 2);
  }
  const world = parsed.data.world.map((o) => ({ ...o, attributes: { ...o.attributes, id: o.attributes.id ?? o.id } }));
  return { data: parsed.data.data, world };
}

function parseFile(file: string): unknown {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch (error) {
    throw new UserError(`The fixtures file ${file} cannot be read: ${(error as Error).message}.`, 2);
  }
}

/** Data source argument to attribute of the resource of the same name. */
type Lookups = Record<string, Record<string, string>>;

export class DataSources {
  private readonly lookups = readFacts("lookups.json") as Lookups;

  constructor(private readonly fixtures: DataFixture[]) {}

  /** The answer, or in words what is missing to give one. */
  answer(type: string, config: Obj, ctx: Ctx, world: World): Obj | { missing: string } {
    return (
      this.fromFixtures(type, config) ??
      BUILT_IN[type]?.(config, ctx, world) ??
      this.fromWorld(type, config, ctx, world) ?? { missing: whatIsMissing(type, config, type in BUILT_IN) }
    );
  }

  private fromFixtures(type: string, config: Obj): Obj | undefined {
    const matching = ({ match }: DataFixture): boolean =>
      Object.entries(match).every(([name, value]) => canon(config[name]) === canon(value));
    return this.fixtures.find((fixture) => fixture.type === type && matching(fixture))?.result;
  }

  /** The one object of the account that the arguments name. */
  private fromWorld(type: string, config: Obj, ctx: Ctx, world: World): Obj | undefined {
    const lookup = this.lookups[type] ?? {};
    const asked = givenArguments(config);
    const known = asked.filter(([name]) => name in lookup);
    if (known.length === 0 || known.length < asked.length) return undefined;
    const found = world
      .ofType(type)
      .filter((o) => o.region === ctx.region || o.region === "global")
      .filter((o) => known.every(([name, value]) => sameName(o.attributes[lookup[name] ?? name], value)));
    return found.length === 1 ? found[0]?.attributes : undefined;
  }
}

/** Domain names may end in a dot. */
function sameName(one: unknown, other: unknown): boolean {
  return String(one).replace(/\.$/, "") === String(other).replace(/\.$/, "");
}

/** Arguments that choose something; the region is where it is looked for. */
function givenArguments(config: Obj): [string, unknown][] {
  return Object.entries(config).filter(([name, value]) => name !== "region" && isSet(value));
}

function whatIsMissing(type: string, config: Obj, builtIn: boolean): string {
  const asked = Object.fromEntries(givenArguments(config));
  const known = builtIn ? "the built-in answers do not cover these arguments" : "no answer is built in";
  const example = JSON.stringify({ data: [{ type, match: asked, result: {} }] });
  return `${known}, and the simulated account holds nothing that fits ${JSON.stringify(asked)}. Give the answer in a fixtures file: ${example}, with the attributes in "result".`;
}
