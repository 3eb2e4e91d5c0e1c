import { EcrLifecyclePolicy } from "@cdktf/provider-aws/lib/ecr-lifecycle-policy";
import { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository";
import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { PhysicalNames } from "../../modules/naming/physical-names";
import { Repository, type RepositoryProps } from "../../modules/registry/repository";
import { onlyOne, outputOf, resourceTypes } from "../helpers/inspect";
import { synth } from "../helpers/synth";

function synthRepository(props: Partial<RepositoryProps> = {}): string {
  return synth((stack) => {
    const { url, arn, name } = new Repository(stack, "repository_my_api", {
      names: new PhysicalNames({ app: "shop", tier: "mvp" }),
      service: "my-api",
      keep: 10,
      scanOnPush: true,
      ...props,
    });
    new TerraformOutput(stack, "exposed", { value: { url, arn, name } });
  });
}

interface ExpiryRule {
  readonly rulePriority: number;
  readonly selection: Record<string, unknown>;
  readonly action: unknown;
}
const rulesOf = (json: string) =>
  (JSON.parse(String(onlyOne(json, EcrLifecyclePolicy).policy)) as { rules: ExpiryRule[] }).rules;

describe("Repository", () => {
  const json = synthRepository();

  test("has immutable tags, of which only latest may move", () => {
    expect(json).toHaveResourceWithProperties(EcrRepository, {
      image_tag_mutability: "IMMUTABLE_WITH_EXCLUSION",
      image_tag_mutability_exclusion_filter: [{ filter: "latest", filter_type: "WILDCARD" }],
    });
  });

  test("is encrypted, scanned, and never destroyed with images in it", () => {
    expect(json).toHaveResourceWithProperties(EcrRepository, {
      name: "shop/mvp/my-api",
      encryption_configuration: [{ encryption_type: "AES256" }],
      image_scanning_configuration: { scan_on_push: true },
      force_delete: false,
    });
  });

  test("of released images the newest 10 stay; untagged ones go after 7 days, never released ones after 90", () => {
    expect(onlyOne(json, EcrLifecyclePolicy).repository).toBe("${aws_ecr_repository.repository_my_api_images.name}");
    const days = { countType: "sinceImagePushed", countUnit: "days" };
    expect(rulesOf(json)).toMatchObject([
      {
        rulePriority: 1,
        selection: {
          tagStatus: "tagged",
          tagPrefixList: ["released-"],
          countType: "imageCountMoreThan",
          countNumber: 10,
        },
        action: { type: "expire" },
      },
      { rulePriority: 2, selection: { tagStatus: "untagged", ...days, countNumber: 7 }, action: { type: "expire" } },
      { rulePriority: 3, selection: { tagStatus: "any", ...days, countNumber: 90 }, action: { type: "expire" } },
    ]);
  });

  test("no rule but the first can take a released image, and the rule for any image comes last, as ECR demands", () => {
    const byPriority = [...rulesOf(json)].sort((one, other) => one.rulePriority - other.rulePriority);
    expect(byPriority.map(({ selection }) => selection.tagStatus)).toEqual(["tagged", "untagged", "any"]);
  });

  test("what is kept and scanned comes from the specification", () => {
    const other = synthRepository({ keep: 5, scanOnPush: false });
    expect(rulesOf(other)[0]?.selection.countNumber).toBe(5);
    expect(other).toHaveResourceWithProperties(EcrRepository, {
      image_scanning_configuration: { scan_on_push: false },
    });
  });

  test("needs nothing else, no policy that lets others in", () => {
    expect(resourceTypes(json)).toEqual(["aws_ecr_lifecycle_policy", "aws_ecr_repository"]);
    expect(outputOf(json, "exposed")).toEqual({
      url: "${aws_ecr_repository.repository_my_api_images.repository_url}",
      arn: "${aws_ecr_repository.repository_my_api_images.arn}",
      name: "${aws_ecr_repository.repository_my_api_images.name}",
    });
  });

  test("takes a literal name", () => {
    const names = new PhysicalNames({ app: "shop", tier: "mvp" }, { repository_my_api_images: "fastapi-app-repo" });
    expect(synthRepository({ names })).toHaveResourceWithProperties(EcrRepository, { name: "fastapi-app-repo" });
  });
});
