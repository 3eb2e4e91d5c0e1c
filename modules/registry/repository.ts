import { EcrLifecyclePolicy } from "@cdktf/provider-aws/lib/ecr-lifecycle-policy";
import { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository";
import { Construct } from "constructs";
import { logicalId } from "../naming/logical-ids";
import type { PhysicalNames } from "../naming/physical-names";

export interface RepositoryProps {
  readonly names: PhysicalNames;
  /** Service whose images it holds. */
  readonly service: string;
  /** Released images that are kept: the newest that carry a tag `released-...`. */
  readonly keep: number;
  readonly scanOnPush: boolean;
}

/** How the tag begins by which a release marks an image; the rest is the image's own tag. */
const RELEASED_PREFIX = "released-";
/** Days that an image without a tag is kept. */
const UNTAGGED_DAYS = 7;
/** Days that an image is kept which was pushed but never released. */
const UNRELEASED_DAYS = 90;

/**
 * An ECR repository with immutable tags; only the tag "latest" may move. It refuses to be destroyed while it holds images.
 *
 * Storage does not grow without end, yet nothing that runs expires: once an image runs, the release gives the image of tag
 * `x` the further tag `released-x`; until then its 90 days protect it. However many images are pushed meanwhile, the newest `keep` released
 * ones stay, and so does every step back that far. Images that were never released go by age.
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

/**
 * The rule about released images comes first, because ECR lets no later rule expire what matches the tags of an earlier one
 * (Amazon ECR user guide, evaluation of lifecycle policies); the rule for any image has to come last.
 */
function expiryPolicy(keep: number): string {
  const rules = [
    {
      description: `Of released images the newest ${keep} stay`,
      selection: {
        tagStatus: "tagged",
        tagPrefixList: [RELEASED_PREFIX],
        countType: "imageCountMoreThan",
        countNumber: keep,
      },
    },
    {
      description: `Untagged images go after ${UNTAGGED_DAYS} days`,
      selection: { tagStatus: "untagged", ...olderThan(UNTAGGED_DAYS) },
    },
    {
      description: `Images that were never released go after ${UNRELEASED_DAYS} days`,
      selection: { tagStatus: "any", ...olderThan(UNRELEASED_DAYS) },
    },
  ];
  return JSON.stringify({
    rules: rules.map((rule, index) => ({ rulePriority: index + 1, ...rule, action: { type: "expire" } })),
  });
}

const olderThan = (days: number) => ({ countType: "sinceImagePushed", countUnit: "days", countNumber: days });
