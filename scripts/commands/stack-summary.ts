/** What a person or a script wants to know about a stack before it is deployed. */
import { PhysicalNames } from "../../modules/naming/physical-names";
import { ciNames } from "../../modules/security/github-places";
import type { ResolvedCiStack, ResolvedStack, ResolvedStateStack } from "../../modules/spec";
import { type Backend, backendOf, countByType, type Json, resourceBlocks, type StackJson } from "../lib/stack-json";
import { count } from "../lib/terminal";

export interface Summary {
  id: string;
  app: string;
  tier: string;
  environment: string;
  region: string;
  /** How many resource blocks there are, and of which types; a block may make several resources. */
  resources: number;
  types: Record<string, number>;
  dataSources: number;
  backend: Backend;
  names: {
    /** What names of one word start with. */
    prefix: string;
    /** What names that are paths start with. */
    path: string;
    /** Names that the specification gives literally, by logical id. */
    literal: Readonly<Record<string, string>>;
    /** Names that stand in the configuration as they are, by address. */
    physical: Record<string, string>;
  };
}

/** Puts together what the specification and the synthesized configuration say. */
export function summarize(stack: ResolvedStack, json: StackJson): Summary {
  const { id, tier, app, names: literal } = stack;
  const environment = app.isDefaultEnvironment ? undefined : app.environment;
  const names = new PhysicalNames({ app: app.name, tier, environment }, literal);
  const { name, region } = app;
  return summaryOf({ id, app: name, tier, environment: app.environment, region }, names, literal, json);
}

/** The same for the stack of the roles that workflows take. */
export function summarizeCi(stack: ResolvedCiStack, json: StackJson): Summary {
  const { name, environment, region } = stack.app;
  return summaryOf({ id: stack.id, app: name, tier: "ci", environment, region }, ciNames(stack), {}, json);
}

/** The same for the stack of the state bucket, which all apps share. */
export function summarizeState({ id, name, region, bucket }: ResolvedStateStack, json: StackJson): Summary {
  const literal: Record<string, string> = bucket === undefined ? {} : { state_bucket: bucket };
  const names = new PhysicalNames({ app: name, tier: id }, literal);
  return summaryOf({ id, app: name, tier: id, environment: "shared", region }, names, literal, json);
}

function summaryOf(
  about: Pick<Summary, "id" | "app" | "tier" | "environment" | "region">,
  { prefix, path }: PhysicalNames,
  literal: Readonly<Record<string, string>>,
  json: StackJson,
): Summary {
  const types = countByType(json.resource);
  return {
    ...about,
    resources: total(types),
    types,
    dataSources: total(countByType(json.data)),
    backend: backendOf(json),
    names: { prefix, path, literal, physical: physicalNames(json) },
  };
}

const total = (counts: Record<string, number>): number => Object.values(counts).reduce((sum, one) => sum + one, 0);

/** Arguments that hold the name of a resource. */
const NAME_ARGUMENTS = ["name", "bucket", "alarm_name", "dashboard_name"] as const;

function physicalNames(json: StackJson): Record<string, string> {
  const names: Record<string, string> = {};
  for (const { address, block } of resourceBlocks(json)) {
    const candidates = [...NAME_ARGUMENTS.map((argument) => block[argument]), (block.tags as Json | undefined)?.Name];
    const name = candidates.find((value) => typeof value === "string");
    if (typeof name === "string" && !name.includes("${")) names[address] = name;
  }
  return names;
}

/** The summary as rows of a table. */
export function summaryRows(stack: Summary): string[][] {
  const { names } = stack;
  const literal = Object.entries(names.literal).map(([id, name]) => `${id} is ${name}`);
  return [
    ["app", stack.app],
    ["tier", stack.tier],
    ["environment", stack.environment],
    ["region", stack.region],
    [
      "resources",
      `${stack.resources} blocks of ${count(Object.keys(stack.types).length, "type")}, ${count(stack.dataSources, "data source")}`,
    ],
    ["state", backendInWords(stack.backend)],
    ["names", [`${names.prefix}-*`, `${names.path}/*`, ...literal].join(", ")],
  ];
}

function backendInWords(backend: Backend): string {
  if (backend.type === "local") return `${backend.path.replace(/^(\.\.\/)+/, "")} in the project's root (local file)`;
  const { bucket, key, region, encrypt, lock } = backend;
  const traits = [encrypt ? "encrypted" : "NOT encrypted", lock ? "locked by a file beside it" : "NOT locked"];
  return `s3://${bucket}/${key} in ${region} (${traits.join(", ")})`;
}
