import { EcrLifecyclePolicy } from "@cdktf/provider-aws/lib/ecr-lifecycle-policy";
import { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository";
import { Construct } from "constructs";
import { logicalId } from "../naming/logical-ids";
import type { PhysicalNames } from "../naming/physical-names";

export interface RepositoryProps {
  readonly names: PhysicalNames;
  /** Service whose images it holds. */
  readonly service: string;
  /** Released images that are kept. */
  readonly keep: number;
  readonly scanOnPush: boolean;
}

/** Days that an image without a tag is kept. */
const UNTAGGED_DAYS = 7;

/**
 * An ECR repository with immutable tags; only the tag "latest" may move. Old and untagged images expire, so storage does
 * not grow without end. It refuses to be destroyed while it holds images.
 *
 * Cost: $0.10 per GB and month of stored layers.
 */
export class Repository extends Construct {
  readonly url: string;
  readonly arn: string;
  readonly name: string;

  constructor(scope: Construct, id: string, props: RepositoryProps) {
    super(scope, id);
    const { names, service, keep, scanOnPush } = props;
    const repository = new EcrRepository(this, "images", {
      name: names.pathOf("aws_ecr_repository", `${logicalId(id)}_images`, service),
      imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
      imageTagMutabilityExclusionFilter: [{ filter: "latest", filterType: "WILDCARD" }],
      imageScanningConfiguration: { scanOnPush },
      encryptionConfiguration: [{ encryptionType: "AES256" }],
      forceDelete: false,
    });
    new EcrLifecyclePolicy(this, "expiry", { repository: repository.name, policy: expiryPolicy(keep) });
    this.url = repository.repositoryUrl;
    this.arn = repository.arn;
    this.name = repository.name;
  }
}

function expiryPolicy(keep: number): string {
  return JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        description: `Untagged images go after ${UNTAGGED_DAYS} days`,
        selection: {
          tagStatus: "untagged",
          countType: "sinceImagePushed",
          countUnit: "days",
          countNumber: UNTAGGED_DAYS,
        },
        action: { type: "expire" },
      },
      {
        rulePriority: 2,
        description: `The newest ${keep} images stay`,
        selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: keep },
        action: { type: "expire" },
      },
    ],
  });
}
