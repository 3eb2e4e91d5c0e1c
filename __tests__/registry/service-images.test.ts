import { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository";
import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import { describe, expect, test } from "vitest";
import { PhysicalNames } from "../../modules/naming/physical-names";
import { ServiceImages, type ServiceImagesProps } from "../../modules/registry/service-images";
import { addresses } from "../helpers/inspect";
import { resourcesOf, synth } from "../helpers/synth";
import { built, referenced } from "./services";

function synthImages(services: ServiceImagesProps["services"]): { json: string; images: ServiceImages } {
  const made: ServiceImages[] = [];
  const json = synth((stack) => {
    const names = new PhysicalNames({ app: "shop", tier: "mvp" });
    made.push(new ServiceImages(stack, "images", { names, services, registry: { keep: 5, scanOnPush: false } }));
  });
  const [images] = made;
  if (images === undefined) throw new Error("nothing was made");
  return { json, images };
}

describe("ServiceImages", () => {
  const { json, images } = synthImages({
    "my-api": built("api"),
    supertokens: referenced("registry.example.com/supertokens:7.0"),
  });

  test("a parameter for every service, a repository for those that are built", () => {
    expect(addresses(json)).toEqual([
      "aws_ecr_lifecycle_policy.repository_my_api_expiry",
      "aws_ecr_repository.repository_my_api_images",
      "aws_ssm_parameter.image_my_api_parameter",
      "aws_ssm_parameter.image_supertokens_parameter",
    ]);
    expect(Object.keys(images.parameters)).toEqual(["my-api", "supertokens"]);
    expect(Object.keys(images.repositories)).toEqual(["my-api"]);
  });

  test("someone else's image is released from the start, the app's own is not", () => {
    const released = Object.values(resourcesOf(json, SsmParameter)).map(({ name, insecure_value }) => [
      name,
      insecure_value,
    ]);
    expect(released).toEqual([
      ["/shop/mvp/image/my-api", "none"],
      ["/shop/mvp/image/supertokens", "registry.example.com/supertokens:7.0"],
    ]);
  });

  test("hands on what the specification says of the registry", () => {
    expect(json).toHaveResourceWithProperties(EcrRepository, {
      name: "shop/mvp/my-api",
      image_scanning_configuration: { scan_on_push: false },
    });
  });

  test("without services there is nothing", () => {
    expect(addresses(synthImages({}).json)).toEqual([]);
  });
});
