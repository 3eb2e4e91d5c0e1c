import type { Construct } from "constructs";
import type { ResolvedApp } from "../modules/spec";
import { architectureOf, instanceSize, KNOWN_INSTANCE_TYPES, XEN_FAMILIES } from "../modules/spec/instance-types";
import { neededMemoryMiB } from "../modules/spec/memory";
import {
  clientRangesOnly,
  listVariable,
  numberVariable,
  stringVariable,
  type VariableRule,
} from "../modules/terraform/variables";
import { alertEmails, domain, hostedZoneId, originRanges } from "./shared-variables";

/** What a team changes in the mvp stack without Node: each a Terraform variable with the specification's value as default. */
export interface MvpVariables {
  readonly instanceType: string;
  readonly dataGiB: number;
  readonly alertEmails: string[];
  readonly sshRanges: string[];
  /** Only when a service has a port of its own on the host. */
  readonly directRanges: string[] | undefined;
  /** Only when the origin is locked to the CDN. */
  readonly originRanges: string[] | undefined;
  /** Only when the app has a domain. */
  readonly domain: string | undefined;
  readonly hostedZoneId: string;
}

export function declareMvpVariables(scope: Construct, app: ResolvedApp): MvpVariables {
  return {
    instanceType: instanceType(scope, app),
    dataGiB: dataGiB(scope, app),
    alertEmails: alertEmails(scope, app),
    sshRanges: listVariable(scope, "ssh_cidrs", {
      description: "Ranges that may reach SSH on the host. Empty means SSM sessions only.",
      default: app.host.sshCidrs,
      rules: [clientRangesOnly("ssh_cidrs")],
    }),
    directRanges: directRanges(scope, app),
    originRanges: app.ingress.origin === "cloudflare" ? originRanges(scope, "host") : undefined,
    domain: app.dns.domain === undefined ? undefined : domain(scope, app.dns.domain),
    hostedZoneId: hostedZoneId(scope, app),
  };
}

/** Another type is fine; another architecture would not boot the chosen image, a small one could not hold the app. */
function instanceType(scope: Construct, app: ResolvedApp): string {
  const { arch, instanceType: type, spot } = app.host;
  const effect = spot
    ? "replaces the host; its data volume and address stay. Cancel its Spot request first (output spot_request_id), or EC2 starts the old one again"
    : "stops and starts the host";
  const isArm = 'can(regex("^(a1|[a-z]+[0-9]+g[a-z]*)[.]", var.instance_type))';
  const needed = neededMemoryMiB(app);
  return stringVariable(scope, "instance_type", {
    description: `EC2 instance type of the host, ${arch}, with at least ${needed} MiB of memory. Changing it ${effect}.`,
    default: type,
    rules: [
      {
        condition:
          '${can(regex("^[a-z][a-z0-9-]*[.](nano|micro|small|medium|large|[0-9]*xlarge)$", var.instance_type))}',
        message: "instance_type must be an EC2 instance type such as t3.medium.",
      },
      {
        condition: `\${${arch === "arm64" ? isArm : `!${isArm}`}}`,
        message: `The image of this host is built for ${arch}: choose an instance type of that architecture.`,
      },
      {
        condition: `\${!can(regex("^(${XEN_FAMILIES.join("|")})[.]", var.instance_type))}`,
        message:
          "On this older instance type the host would not find its data volume: take a t3, t3a, m7i, c7i or r6i type.",
      },
      ...tooSmall(arch, needed),
    ],
  });
}

/** The known types of the architecture that the containers do not fit on; an unknown type is the reader's own risk. */
function tooSmall(arch: ResolvedApp["host"]["arch"], neededMiB: number): VariableRule[] {
  const types = KNOWN_INSTANCE_TYPES.filter(
    (type) => architectureOf(type) === arch && (instanceSize(type)?.memoryMiB ?? Infinity) < neededMiB,
  );
  if (types.length === 0) return [];
  return [
    {
      condition: `\${!contains(${JSON.stringify(types)}, var.instance_type)}`,
      message: `The containers of this app need ${neededMiB} MiB of memory: choose a larger instance type.`,
    },
  ];
}

function dataGiB(scope: Construct, { host }: ResolvedApp): number {
  return numberVariable(scope, "data_volume_gib", {
    description: "Size of the data volume in GiB. It grows in place and never shrinks.",
    default: host.dataGiB,
    rules: [
      {
        condition: `\${var.data_volume_gib >= ${host.dataGiB} && var.data_volume_gib <= 16384 && floor(var.data_volume_gib) == var.data_volume_gib}`,
        message: `data_volume_gib must be a whole number from ${host.dataGiB} to 16384: a volume cannot shrink.`,
      },
    ],
  });
}

function directRanges(scope: Construct, { services, ingress }: ResolvedApp): string[] | undefined {
  if (Object.values(services).every(({ hostPort }) => hostPort === undefined)) return undefined;
  return listVariable(scope, "direct_cidrs", {
    description: "Ranges that may reach the ports of services that bypass the proxy.",
    default: ingress.directCidrs,
    rules: [clientRangesOnly("direct_cidrs")],
  });
}
