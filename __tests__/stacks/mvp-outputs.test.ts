import { expect, test } from "vitest";
import type { AppInput } from "../../modules/spec";
import { MvpStack } from "../../stacks/mvp-stack";
import { definitionOf, synthStack } from "./support";

const synthMvp = (changes: Partial<AppInput> = {}) => synthStack((scope) => new MvpStack(scope, definitionOf(changes)));

const api = {
  image: { build: {} },
  port: 8080,
  route: { hosts: ["shop.example"] },
} satisfies AppInput["services"][string];
const routed: Partial<AppInput> = { services: { api }, dns: { domain: "shop.example" } };
const small = synthMvp();

const names = [
  "alert_topic_arn",
  "app_urls",
  "availability_zone",
  "backup_bucket",
  "base_url",
  "data_volume_id",
  "dns_records",
  "image_builds",
  "instance_id",
  "log_groups",
  "public_dns_name",
  "public_ip",
  "released_image_parameters",
  "repository_urls",
  "secret_sources",
  "security_group_id",
  "session_command",
  "spot_request_id",
  "subnet_id",
  "vpc_id",
];
const outputs = (json: string) =>
  (JSON.parse(json) as { output: Record<string, { value: unknown; description: string }> }).output;

test("the outputs have these names in every stack of the tier: they are a contract", () => {
  expect(Object.keys(outputs(small))).toEqual(names);
  expect(Object.keys(outputs(synthMvp(routed)))).toEqual(names);
});

test("each says what it is, and none is without a value", () => {
  for (const { value, description } of Object.values(outputs(synthMvp(routed)))) {
    expect(description).toMatch(/^[A-Z].{10,}[^.]$/);
    expect(value).toBeDefined();
  }
});

test("where the app answers: names with the scheme of the proxy, then direct ports", () => {
  const direct = { ...api, hostPort: 18080 };
  const json = synthMvp({ ...routed, services: { api: direct }, ingress: { directCidrs: ["203.0.113.0/24"] } });
  expect(json).toHaveOutput("app_urls", {
    value: ["https://${var.domain}", "http://${aws_eip.host_address.public_ip}:18080"],
  });
  expect(synthMvp({ ...routed, ingress: { tls: { off: "behind a tunnel" } } })).toHaveOutput("app_urls", {
    value: ["http://${var.domain}"],
  });
  expect(small).toHaveOutput("app_urls", { value: [] });
});

test("the first of these is what a link leads to; the address has a name of its own", () => {
  const direct = { ...api, route: undefined, hostPort: 18080 };
  const byPort = synthMvp({ services: { api: direct }, ingress: { directCidrs: ["203.0.113.0/24"] } });
  expect(synthMvp(routed)).toHaveOutput("base_url", { value: "https://${var.domain}" });
  expect(byPort).toHaveOutput("base_url", { value: "http://${aws_eip.host_address.public_ip}:18080" });
  const any = { ...api, route: { hosts: ["*"] } };
  const byAddress = synthMvp({ services: { api: any }, ingress: { tls: { off: "a laptop's demonstration" } } });
  expect(byAddress).toHaveOutput("base_url", { value: "http://${aws_eip.host_address.public_ip}" });
  expect(byAddress).toHaveOutput("dns_records", { value: [] });
  expect(small).toHaveOutput("base_url", { value: "" });
  expect(small).toHaveOutput("public_dns_name", { value: "${aws_eip.host_address.public_dns}" });
});

test("how to open a shell without SSH", () => {
  expect(small).toHaveOutput("session_command", {
    value: "aws ssm start-session --region eu-central-1 --target ${aws_instance.host_instance.id}",
  });
});

test("a further name may stand for one entry of an output by name", () => {
  const aliased = (target: string) =>
    synthMvp({ stacks: { mvp: { outputAliases: { ecr_url: target } } }, services: { api } });
  expect(aliased("repository_urls.api")).toHaveOutput("ecr_url", {
    value: "${aws_ecr_repository.repository_api_images.repository_url}",
  });
  for (const target of ["repository_urls.web", "public_ip.web", "repository_urls.valueof"]) {
    expect(() => aliased(target), target).toThrow(
      `stacks.mvp.outputAliases.ecr_url is ${target}; allowed: a new name for`,
    );
  }
});
