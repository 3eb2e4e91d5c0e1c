/** Every path whose change replaces an object is changed once, through the plan of the engine. */
import * as os from "node:os";
import * as path from "node:path";
import { describe, expect, test } from "vitest";
import type { Obj } from "../../../scripts/simulator/contract";
import { NO_SETTINGS } from "../../../scripts/simulator/engine/cross-cutting";
import { fill } from "../../../scripts/simulator/engine/fill";
import { places } from "../../../scripts/simulator/engine/paths";
import { type Plan, plan } from "../../../scripts/simulator/engine/plan";
import { sessionFor } from "../../../scripts/simulator/engine/session";
import { conform } from "../../../scripts/simulator/schema/shape";
import type { CtyType } from "../../../scripts/simulator/schema/types";
import { WorldFile } from "../../../scripts/simulator/world";
import { configWith, KNOWN, schemaOf, the } from "./account";
import { report, split } from "./all-facts";

describe("every force-new path changed", () => {
  /** Two different values of an attribute, or another number of elements of a block. */
  function values(type: string, dotted: string): [unknown, unknown] {
    const [place] = places(the(schemaOf(type)).block, configWith([dotted, null]), dotted);
    if (place?.attribute) return samples(place.attribute.type);
    // The cloud makes one element where a computed block is left out.
    return KNOWN.facts(type).computedBlocks.includes(dotted) ? [[], [{}, {}]] : [[], [{}]];
  }

  const session = sessionFor(
    NO_SETTINGS,
    new WorldFile(path.join(os.tmpdir(), "no-world.json"), "123456789012"),
    "test",
  );

  /** The dotted paths for which the plan replaces an object that was made with one value and is wanted with another. */
  function replacedFor(type: string, dotted: string, before: unknown, after: unknown): string[] {
    const schema = the(schemaOf(type));
    const { block } = schema;
    const planTo = (value: unknown, prior: Obj | null): Plan => {
      const [config, proposed] = [
        conform(block, configWith([dotted, value])),
        conform(block, configWith([dotted, value])),
      ];
      return plan({ schema, config, prior, proposed, session, knowledge: KNOWN });
    };
    const made = planTo(before, null).planned;
    fill({ type, block, key: "made", session, knowledge: KNOWN }, made);
    const { requiresReplace } = planTo(after, made);
    return requiresReplace.map((steps) =>
      steps.flatMap((step) => ("attribute_name" in step ? [step.attribute_name] : [])).join("."),
    );
  }

  /** Whether one of the paths is the given one, or the set or object on its way: what is inside has no address. */
  const leadsTo = (paths: string[], dotted: string): boolean =>
    paths.some((found) => found === dotted || dotted.startsWith(`${found}.`));

  test("makes the plan replace the object, and only the change does", () => {
    const { kept } = split((data) => data.forceNew ?? []);
    const unchanged = kept.filter(([type, dotted]) => {
      const [before, after] = values(type, dotted);
      return !leadsTo(replacedFor(type, dotted, before, after), dotted);
    });
    const equal = kept.filter(([type, dotted]) => {
      const [before] = values(type, dotted);
      return leadsTo(replacedFor(type, dotted, before, before), dotted);
    });
    expect(unchanged).toEqual([]);
    expect(equal).toEqual([]);
    report("force-new paths changed", kept.length, 895);
  });
});

/** Two different values of a type. */
function samples(type: CtyType): [unknown, unknown] {
  if (type === "number") return [1, 2];
  if (type === "bool") return [true, false];
  if (typeof type === "string") return ["one", "two"];
  if (type[0] === "object") return [{}, null];
  const [one, two] = samples(type[1]);
  return type[0] === "map" ? [{ key: one }, { key: two }] : [[one], [two]];
}
