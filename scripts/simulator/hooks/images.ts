/** Machine images that AWS publishes by name, one id per region and parameter. */
import { digits } from "./service";

export type Architecture = "x86_64" | "arm64";

const UBUNTU_NAMES: Record<Architecture, string> = { x86_64: "amd64", arm64: "arm64" };
const ARCHITECTURES: Architecture[] = ["x86_64", "arm64"];

/** Public parameters that hold the id of an image. */
const PARAMETERS = new Map<string, Architecture>(
  ARCHITECTURES.flatMap((architecture): [string, Architecture][] => [
    [
      `/aws/service/canonical/ubuntu/server/24.04/stable/current/${UBUNTU_NAMES[architecture]}/hvm/ebs-gp3/ami-id`,
      architecture,
    ],
    [`/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${architecture}`, architecture],
  ]),
);

/** The image behind a public parameter; undefined when the simulator does not know the parameter. */
export function publicImage(parameter: string, region: string): string | undefined {
  return PARAMETERS.has(parameter) ? `ami-${digits(17, "ami", region, parameter)}` : undefined;
}

/** The architecture of a public image; undefined for any other image. */
export function architectureOfImage(image: string, region: string): Architecture | undefined {
  const parameter = [...PARAMETERS.keys()].find((name) => publicImage(name, region) === image);
  return parameter === undefined ? undefined : PARAMETERS.get(parameter);
}

/**
 * The architecture of an instance type, told by its name: Graviton families have a "g" behind the generation.
 * Source: EC2 user guide, "Instance type naming conventions".
 */
export function architectureOfType(instanceType: string): Architecture {
  return /^(a1|[a-z]+\d+[a-z]*g[a-z]*)\./.test(instanceType) ? "arm64" : "x86_64";
}

/** Smallest root disk of the public images, GiB. */
export const ROOT_GIB = 8;
