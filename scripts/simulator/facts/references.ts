/** Whether what a configuration names exists in the simulated account. */
import type { ApplyInput, Diagnostic, Obj, World, WorldObject } from "../contract";
import { isObj } from "../wire/value";
import { type Arn, type ArnIndex, parseArn } from "./arn";
import { readFacts } from "./load";
import { fillIn, refusal } from "./messages";
import { elements, type Found, type Path, select, texts } from "./paths";

/** A kind of thing that arguments name. */
export interface Target {
  /** `type.attribute` of the objects that count, the attribute holding the name. */
  objects: string[];
  error: string;
  /** Lives in no region. */
  global?: boolean;
  /** Only values that begin so are of this kind. */
  prefix?: string;
  /** Values that AWS provides itself. */
  ignore?: string;
}

/** The form of `references.json`. */
export interface ReferenceFacts {
  targets: Record<string, Target>;
  /** Argument name, in any type and any block, to target. */
  attributes: Record<string, string>;
  /** `type.dotted.path` to target, or null for an argument that only looks like a reference. */
  arguments: Record<string, string | null>;
  /** What AWS says when an ARN of the type names nothing. */
  arns: Record<string, string>;
  ignoredArns: string[];
}

/** A text in a configuration, with its dotted path. */
interface Reference {
  value: string;
  path: Path;
  dotted: string;
}

export class References {
  private readonly facts = readFacts("references.json") as ReferenceFacts;
  private readonly ignoredArns = this.facts.ignoredArns.map((pattern) => new RegExp(pattern));

  constructor(private readonly arns: ArnIndex) {}

  /** Every argument that names nothing. On update only what changed is looked up, as AWS does. */
  check(input: ApplyInput): Diagnostic[] {
    const before = new Set(input.prior ? texts({ value: input.prior, path: [] }).map(({ value }) => value) : []);
    return argumentsOf(input.config)
      .filter(({ value }) => value !== "" && !before.has(value))
      .map((reference) => this.problem(reference, input))
      .filter((problem) => problem !== undefined);
  }

  private problem(reference: Reference, input: ApplyInput): Diagnostic | undefined {
    if (this.facts.arguments[`${input.type}.${reference.dotted}`] === null) return undefined;
    const arn = parseArn(reference.value);
    const message = arn ? this.missingArn(reference.value, arn, input) : this.missingName(reference, input);
    if (message === undefined) return undefined;
    const text = fillIn(message, { value: reference.value, account: input.ctx.account });
    return refusal(input.prior ? "updating" : "creating", input.type, text, advice(reference, input), reference.path);
  }

  private missingName(reference: Reference, input: ApplyInput): string | undefined {
    const target = this.targetOf(input.type, reference.dotted);
    if (!target || (target.prefix && !reference.value.startsWith(target.prefix))) return undefined;
    if (target.ignore && new RegExp(target.ignore).test(reference.value)) return undefined;
    const region = target.global ? undefined : input.ctx.region;
    return target.objects.some((object) => holds(input.world, object, reference.value, region))
      ? undefined
      : target.error;
  }

  private targetOf(type: string, dotted: string): Target | undefined {
    const name = this.facts.arguments[`${type}.${dotted}`] ?? this.facts.attributes[lastName(dotted)];
    if (!name) return undefined;
    const target = this.facts.targets[name];
    if (!target) throw new Error(`references.json: no target "${name}"`);
    return target;
  }

  private missingArn(value: string, arn: Arn, { ctx, world }: ApplyInput): string | undefined {
    const type = this.arns.typeOf(arn);
    if (!type || this.ignoredArns.some((pattern) => pattern.test(value))) return undefined;
    if (arn.account !== ctx.account && arn.account !== "") return undefined;
    const wanted = whole(value, arn.service);
    const found = world.all().some(({ attributes: a }) => a.arn === wanted || a.arn_without_revision === wanted);
    return found ? undefined : (this.facts.arns[type] ?? "ResourceNotFoundException: {value} does not exist");
  }
}

/** The ARN of the thing itself, when the ARN names a part of it. */
function whole(arn: string, service: string): string {
  return service === "s3" ? arn.replace(/\/.*$/, "") : arn.replace(/:\*$/, "");
}

function lastName(dotted: string): string {
  return dotted.slice(dotted.lastIndexOf(".") + 1);
}

function holds(world: World, object: string, value: string, region: string | undefined): boolean {
  const [type, attribute] = object.split(".") as [string, string];
  return world
    .ofType(type)
    .some((o) => attributeOf(o, attribute) === value && (region === undefined || isIn(o, region)));
}

function attributeOf(object: WorldObject, attribute: string): unknown {
  return attribute === "id" ? object.id : object.attributes[attribute];
}

/** Objects without a region of their own are everywhere. */
function isIn(object: WorldObject, region: string): boolean {
  return object.region === region || object.region === "global";
}

/** All texts of arguments; the keys of maps are the user's own words, so maps are left out. */
function argumentsOf(config: Obj): Reference[] {
  return Object.keys(config)
    .flatMap((name) => select(config, name))
    .flatMap(textsOf)
    .map((at) => ({ ...at, dotted: at.path.filter((step) => typeof step === "string").join(".") }));
}

function textsOf(at: Found): { value: string; path: Path }[] {
  if (typeof at.value === "string") return [{ value: at.value, path: at.path }];
  if (!Array.isArray(at.value)) return [];
  return elements(at).flatMap((element) => {
    if (!isObj(element.value)) return textsOf(element);
    return Object.entries(element.value).flatMap(([name, value]) => textsOf({ value, path: [...element.path, name] }));
  });
}

function advice(reference: Reference, { ctx }: ApplyInput): string {
  return (
    `"${reference.dotted}" names something that the simulated account does not hold in ${ctx.region}. ` +
    'If a resource of this stack creates it, refer to that resource or add depends_on; if it exists already, add it to "world" in the fixtures file.'
  );
}
