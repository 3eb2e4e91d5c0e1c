/** Answers of data sources that AWS gives to everybody in the same way. */
import type { Ctx, Obj, World } from "../contract";
import { publicImage } from "./images";
import { policyDocument } from "./policy-document";
import { secretValue } from "./secrets";
import { strings, text, unset } from "./service";
import { prefixListId } from "./vpc";
import { zonesOf } from "./zones";

/** An answer, or undefined when the data source asks for something that is not built in. */
export type Answer = (config: Obj, ctx: Ctx, world: World) => Obj | undefined;

export const BUILT_IN: Record<string, Answer> = {
  aws_caller_identity: (_config, { account }) => ({
    id: account,
    account_id: account,
    arn: `arn:aws:iam::${account}:user/simulated`,
    user_id: "AIDASIMULATEDUSER0001",
  }),
  aws_region: (config, ctx) => {
    const region = text(config.region) ?? text(config.name) ?? ctx.region;
    return {
      id: region,
      name: region,
      region,
      endpoint: `ec2.${region}.amazonaws.com`,
      description: "Simulated region",
    };
  },
  aws_partition: () => ({
    id: "aws",
    partition: "aws",
    dns_suffix: "amazonaws.com",
    reverse_dns_prefix: "com.amazonaws",
  }),
  aws_availability_zones: zones,
  aws_ssm_parameter: parameter,
  aws_secretsmanager_secret_version: secretValue,
  aws_ec2_managed_prefix_list: prefixList,
  aws_iam_policy_document: (config) => policyDocument(config),
};

function zones(config: Obj, { region }: Ctx): Obj | undefined {
  if (!unset(config.filter)) return undefined;
  const names = zonesOf(region).filter((zone) => !strings(config.exclude_names).includes(zone));
  return { id: region, names, zone_ids: names.map((zone) => `sim-${zone}`), group_names: [region] };
}

/** A public parameter of AWS, or one of the simulated account. */
function parameter(config: Obj, { region }: Ctx, world: World): Obj | undefined {
  const name = String(config.name);
  const image = publicImage(name, region);
  if (image !== undefined) {
    const arn = `arn:aws:ssm:${region}::parameter${name}`;
    return { id: name, arn, type: "String", version: 1, value: image, insecure_value: image };
  }
  const found = world.ofType("aws_ssm_parameter").find((o) => o.attributes.name === name && o.region === region);
  if (!found) return undefined;
  const { arn, type, version, value, insecure_value } = found.attributes;
  const content = insecure_value ?? value ?? "";
  return { id: name, arn, type, version, value: content, insecure_value: type === "SecureString" ? null : content };
}

const PREFIX_LIST = /^com\.amazonaws\.[a-z0-9.-]+$/;

function prefixList(config: Obj, { region }: Ctx): Obj | undefined {
  const name = text(config.name);
  if (name === undefined || !PREFIX_LIST.test(name)) return undefined;
  const id = prefixListId(region, name);
  const arn = `arn:aws:ec2:${region}:aws:prefix-list/${id}`;
  return { id, name, arn, address_family: "IPv4", owner_id: "AWS", max_entries: 50, version: 1, entries: [], tags: {} };
}
