import { own } from "./own";

/** What the checks and the host need to know of an EC2 instance type. */
export interface InstanceSize {
  readonly vcpus: number;
  /** Memory in MiB, as AWS documents it; the operating system sees a few percent less. */
  readonly memoryMiB: number;
}

export type Architecture = "x86_64" | "arm64";

const GIB = 1024;

/**
 * Burstable families: vCPUs and GiB by size.
 * Source: Amazon EC2 instance types guide, "Specifications for general purpose instances".
 */
const T3_SIZES: Readonly<Record<string, readonly [number, number]>> = {
  nano: [2, 0.5],
  micro: [2, 1],
  small: [2, 2],
  medium: [2, 4],
  large: [2, 8],
  xlarge: [4, 16],
  "2xlarge": [8, 32],
};
const BURSTABLE: Readonly<Record<string, Readonly<Record<string, readonly [number, number]>>>> = {
  t3: T3_SIZES,
  t3a: T3_SIZES,
  t4g: T3_SIZES,
};

/** GiB of memory per vCPU. Source: the guide's general purpose (m), compute (c) and memory (r) optimized pages. */
const GIB_PER_VCPU: Readonly<Record<string, number>> = { m: 4, c: 2, r: 8 };

const GRAVITON = ["medium", "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"];
const TO_24 = ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge"];

/** Sizes of each fixed-performance family. */
const FIXED: Readonly<Record<string, readonly string[]>> = {
  m5: TO_24,
  m6i: [...TO_24, "32xlarge"],
  m6g: GRAVITON,
  m7i: [...TO_24, "48xlarge"],
  m7g: GRAVITON,
  m7a: ["medium", ...TO_24, "32xlarge", "48xlarge"],
  c5: ["large", "xlarge", "2xlarge", "4xlarge", "9xlarge", "12xlarge", "18xlarge", "24xlarge"],
  c6i: [...TO_24, "32xlarge"],
  c6g: GRAVITON,
  c7i: [...TO_24, "48xlarge"],
  c7g: GRAVITON,
  r5: TO_24,
  r6i: [...TO_24, "32xlarge"],
  r6g: GRAVITON,
  r7g: GRAVITON,
};

/** Every instance type whose size is known, family by family. */
export const KNOWN_INSTANCE_TYPES: readonly string[] = [
  ...Object.entries(BURSTABLE).flatMap(([family, sizes]) => Object.keys(sizes).map((size) => `${family}.${size}`)),
  ...Object.entries(FIXED).flatMap(([family, sizes]) => sizes.map((size) => `${family}.${size}`)),
];

/** vCPUs of a fixed-performance size: "large" is 2, "4xlarge" is 16. */
function vcpusOf(size: string): number {
  if (size === "medium") return 1;
  if (size === "large") return 2;
  return 4 * Number(size.replace("xlarge", "") || 1);
}

/** vCPUs and memory of a type, or undefined for one that the table does not hold. */
export function instanceSize(type: string): InstanceSize | undefined {
  const [family = "", size = ""] = type.split(".");
  const burstable = own(own(BURSTABLE, family) ?? {}, size);
  if (burstable) return { vcpus: burstable[0], memoryMiB: burstable[1] * GIB };
  const perVcpu = GIB_PER_VCPU[family.charAt(0)];
  if (!own(FIXED, family)?.includes(size) || perVcpu === undefined) return undefined;
  return { vcpus: vcpusOf(size), memoryMiB: vcpusOf(size) * perVcpu * GIB };
}

/** Whether a type earns CPU credits. */
export const isBurstable = (type: string): boolean => /^t\d/.test(type);

/**
 * Processor of a type by AWS's naming rule: a "g" among the letters after the generation stands for Graviton (arm64), as
 * in t4g, c7gn and im4gn; a1 came before the rule.
 * Source: Amazon EC2 instance types guide, "Instance type naming conventions".
 */
export const architectureOf = (type: string): Architecture =>
  /^(a1|[a-z-]+\d+[a-z]*g[a-z]*)\./.test(type) ? "arm64" : "x86_64";

/**
 * Families on the Xen hypervisor: their volumes are no NVMe devices, so the host would not find its data volume.
 * Source: Amazon EC2 instance types guide, "Instances built on the AWS Nitro System", which lists all others.
 */
export const XEN_FAMILIES: readonly string[] =
  "t1 t2 m1 m2 m3 m4 c1 c3 c4 cc2 cr1 r3 r4 x1 x1e d2 h1 hs1 i2 i3 f1 g2 g3 g3s p2 p3".split(" ");
