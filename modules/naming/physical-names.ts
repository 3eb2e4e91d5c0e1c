import { fitName, NAME_LIMITS, type NamedType } from "./lengths";

/** What every physical name of a stack starts with. */
export interface NameBase {
  readonly app: string;
  readonly tier: string;
  /** Environment, left out of names for the default environment. */
  readonly environment?: string;
}

/**
 * The physical names of one stack. A name is `<app>-<tier>[-<environment>]-<what>`, shortened to its type's limit,
 * unless the specification gives the literal name of an existing system for that logical id.
 */
export class PhysicalNames {
  /** `<app>-<tier>[-<environment>]` */
  readonly prefix: string;
  /** `<app>/<tier>[-<environment>]`, for names that are paths. */
  readonly path: string;
  private readonly asked = new Set<string>();

  constructor(
    base: NameBase,
    private readonly literals: Readonly<Record<string, string>> = {},
  ) {
    const tier = base.environment === undefined ? base.tier : `${base.tier}-${base.environment}`;
    this.prefix = `${base.app}-${tier}`;
    this.path = `${base.app}/${tier}`;
  }

  /** `<prefix>-<what>`, for resources whose name is one word. */
  of(type: NamedType, logicalId: string, what: string): string {
    return this.literal(logicalId) ?? fitName(`${this.prefix}-${what}`, NAME_LIMITS[type]);
  }

  /** `<path>/<what>`, for repositories and secrets; with a leading slash for log groups and parameters. */
  pathOf(type: NamedType, logicalId: string, what: string, lead: "" | "/" = ""): string {
    return this.literal(logicalId) ?? fitName(`${lead}${this.path}/${what}`, NAME_LIMITS[type]);
  }

  /** A literal name from the specification, if there is one. Asking marks the logical id as known. */
  literal(logicalId: string): string | undefined {
    this.asked.add(logicalId);
    return Object.hasOwn(this.literals, logicalId) ? this.literals[logicalId] : undefined;
  }

  /** Logical ids that take a literal name in this stack. */
  known(): string[] {
    return [...this.asked].sort();
  }

  /** Literal names that no resource asked for: misspelt logical ids. */
  unused(): string[] {
    return Object.keys(this.literals).filter((id) => !this.asked.has(id));
  }
}
