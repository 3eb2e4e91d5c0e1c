import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { Fn, Op, TerraformLocal } from "cdktf";
import { Construct } from "constructs";
import { NOT_RELEASED } from "../data/released-image";

export interface CurrentImageProps {
  readonly service: string;
  /** The released-image parameter, by an attribute that is known only when it exists: a data source must not be asked before. */
  readonly parameterId: string;
}

/**
 * What a service runs now, as its released-image parameter says at each plan: an apply after a release describes tasks with the released
 * digest. Before the first release the tasks name an image that no registry has (names below "invalid" lead nowhere), so
 * nothing runs by mistake, and {@link released} is false.
 *
 * Cost: none.
 */
export class CurrentImage extends Construct {
  /** Reference of the image. */
  readonly reference: string;
  /** Whether anything was released, as a condition for other expressions. */
  readonly released: ReturnType<typeof Op.neq>;

  constructor(scope: Construct, id: string, { service, parameterId }: CurrentImageProps) {
    super(scope, id);
    const { insecureValue } = new DataAwsSsmParameter(this, "parameter", { name: parameterId });
    this.released = Op.neq(insecureValue, NOT_RELEASED);
    // A local, so that what the reference stands in, such as the JSON of containers, holds no quotes of an expression.
    const image = Fn.conditional(this.released, insecureValue, `not-released.invalid/${service}`);
    this.reference = new TerraformLocal(this, "reference", image).asString;
  }
}
