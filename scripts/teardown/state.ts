/** What a Terraform state holds, as `terraform state pull` prints it. */
import type { Json } from "../lib/stack-json";

/** One object that Terraform manages. */
export interface Held {
  /** Address of this instance, e.g. `aws_eip.host` or `aws_subnet.public["a"]`. */
  address: string;
  /** Address of its block in the configuration, without the instance's key. */
  block: string;
  type: string;
  id: string;
  attributes: Json;
}

interface RawState {
  serial?: number;
  resources?: {
    mode: string;
    module?: string;
    type: string;
    name: string;
    instances: { index_key?: string | number; deposed?: string; attributes?: Json }[];
  }[];
}

export interface State {
  serial: number;
  /** Managed objects in the order of the state; data sources are left out. */
  held: Held[];
}

/** Parses the output of `terraform state pull`; an empty output is an empty state. */
export function parseState(text: string): State {
  if (text.trim() === "") return { serial: 0, held: [] };
  const raw = JSON.parse(text) as RawState;
  const held = (raw.resources ?? [])
    .filter((resource) => resource.mode === "managed")
    .flatMap((resource) => {
      const block = [resource.module, resource.type, resource.name].filter(Boolean).join(".");
      return resource.instances
        .filter((instance) => instance.deposed === undefined)
        .map(({ index_key: key, attributes = {} }) => ({
          address: key === undefined ? block : `${block}[${JSON.stringify(key)}]`,
          block,
          type: resource.type,
          id: [attributes.id, attributes.arn].find((id) => typeof id === "string") ?? "",
          attributes,
        }));
    });
  return { serial: raw.serial ?? 0, held };
}
