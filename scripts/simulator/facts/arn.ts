/** Which resource type an ARN names, told by the ARN templates of the facts. */
import type { TypeData } from "./types";

/** The parts of an ARN that matter here. */
export interface Arn {
  service: string;
  account: string;
  resource: string;
}

/** Undefined when the text as a whole is no ARN. */
export function parseArn(text: string): Arn | undefined {
  const parts = /^arn:aws[\w-]*:(?<service>[\w-]+):[\w-]*:(?<account>\w*):(?<resource>\S+)$/.exec(text)?.groups;
  const { service, account, resource } = parts ?? {};
  if (service === undefined || account === undefined || resource === undefined) return undefined;
  return { service, account, resource };
}

/** The types whose ARNs begin like this one, the most specific first. */
export class ArnIndex {
  private readonly byService = new Map<string, { type: string; start: string }[]>();

  constructor(types: Map<string, TypeData>) {
    for (const [type, { arn }] of types) if (arn) this.add(type, arn);
    for (const list of this.byService.values()) list.sort((a, b) => b.start.length - a.start.length);
  }

  private add(type: string, template: string): void {
    const colon = template.indexOf(":");
    const service = template.slice(0, colon).replace(/-+$/, "");
    const resource = template.slice(colon + 1);
    const list = this.byService.get(service) ?? [];
    list.push({ type, start: resource.slice(0, resource.indexOf("{")) });
    this.byService.set(service, list);
  }

  /** Undefined when no type of the facts has such ARNs. */
  typeOf(arn: Arn): string | undefined {
    return this.byService.get(arn.service)?.find(({ start }) => arn.resource.startsWith(start))?.type;
  }
}
