import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import { Construct } from "constructs";
import type { PhysicalNames } from "../naming/physical-names";

export interface ReleasedImageProps {
  readonly names: PhysicalNames;
  readonly service: string;
  /** Image reference that the parameter starts with; {@link NOT_RELEASED} until the first release. */
  readonly initial: string;
}

/** What the parameter says before anything was released: the host leaves the service out. */
export const NOT_RELEASED = "none";

/**
 * The one truth for what a service runs: a parameter that holds the released image. Terraform creates it and ignores its
 * value from then on, so an apply never reverts a release. The value is no secret and stays readable in plans.
 *
 * Cost: none (standard tier).
 */
export class ReleasedImage extends Construct {
  readonly parameterName: string;
  readonly arn: string;
  /** Its name, which is known only when it exists: for whoever reads it back. */
  readonly id: string;

  constructor(scope: Construct, id: string, props: ReleasedImageProps) {
    super(scope, id);
    const { names, service, initial } = props;
    const parameter = new SsmParameter(this, "parameter", {
      name: names.pathOf("aws_ssm_parameter", `${id}_parameter`, `image/${service}`, "/"),
      description: `Released image of ${service}; written by releases, read by the host`,
      type: "String",
      insecureValue: initial,
      lifecycle: { ignoreChanges: ["insecure_value"] },
    });
    this.parameterName = parameter.name;
    this.arn = parameter.arn;
    this.id = parameter.id;
  }
}
