import { AcmCertificate } from "@cdktf/provider-aws/lib/acm-certificate";
import { AcmCertificateValidation } from "@cdktf/provider-aws/lib/acm-certificate-validation";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { Certificate } from "../../modules/edge/certificate";
import { publicHost, type PublicHost } from "../../modules/edge/public-hosts";
import { onlyOne, outputOf, resourceTypes } from "../helpers/inspect";
import { resourcesOf } from "../helpers/synth";
import { synthEdge } from "./parts";

const hosts = (...names: string[]): PublicHost[] => names.map((name) => publicHost(name, "shop.example"));

const synthCertificate = (...names: string[]): string =>
  synthEdge((stack, { domain, hostedZoneId }) => {
    const certificate = new Certificate(stack, "certificate", { hosts: hosts(...names), domain, hostedZoneId });
    for (const part of ["arn", "issued", "toCreate"] as const)
      new TerraformOutput(stack, part, { value: certificate[part] });
  });

const REQUESTED = "aws_acm_certificate.certificate_requested";
const WITH_ZONE = '${var.hosted_zone_id == "" ? 0 : 1}';
const option = (attribute: string, name: string): string =>
  `\${trimsuffix(one([for option in ${REQUESTED}.domain_validation_options : option.${attribute} if option.domain_name == join("", [${name}])]), ".")}`;

describe("Certificate", () => {
  test("is for all public names, shortest first, and goes only when its successor is there", () => {
    const json = synthCertificate("www.shop.example", "api.shop.example", "shop.example");
    expect(onlyOne(json, AcmCertificate)).toEqual({
      domain_name: "${var.domain}",
      subject_alternative_names: ["api.${var.domain}", "www.${var.domain}"],
      validation_method: "DNS",
      lifecycle: { create_before_destroy: true },
    });
  });

  test("is the same in whatever order the names come", () => {
    expect(synthCertificate("b.shop.example", "a.shop.example")).toBe(
      synthCertificate("a.shop.example", "b.shop.example"),
    );
  });

  test("for one name names no others", () => {
    expect(onlyOne(synthCertificate("api.shop.example"), AcmCertificate)).not.toHaveProperty(
      "subject_alternative_names",
    );
  });

  test("with a hosted zone its records are written, and it is waited for", () => {
    const json = synthCertificate("api.shop.example", "shop.example");
    const record = (name: string) => ({
      zone_id: "${var.hosted_zone_id}",
      name: option("resource_record_name", name),
      type: "CNAME",
      ttl: 60,
      records: [option("resource_record_value", name)],
      allow_overwrite: true,
      count: WITH_ZONE,
    });
    expect(resourcesOf(json, Route53Record)).toEqual({
      certificate_record_apex: record("var.domain"),
      certificate_record_api: record('"api.${var.domain}"'),
    });
    expect(onlyOne(json, AcmCertificateValidation)).toEqual({
      certificate_arn: `\${${REQUESTED}.arn}`,
      validation_record_fqdns:
        "${concat(aws_route53_record.certificate_record_apex[*].fqdn, aws_route53_record.certificate_record_api[*].fqdn)}",
      timeouts: { create: "30m" },
      count: WITH_ZONE,
    });
    expect(outputOf(json, "arn")).toBe(
      `\${coalesce(one(aws_acm_certificate_validation.certificate_issued[*].certificate_arn), ${REQUESTED}.arn)}`,
    );
  });

  test("without one the records are data, and a listener is refused at once while they are missing", () => {
    const json = synthCertificate("api.shop.example");
    expect(outputOf(json, "toCreate")).toEqual([
      {
        name: option("resource_record_name", '"api.${var.domain}"'),
        type: "CNAME",
        ttl: 60,
        value: option("resource_record_value", '"api.${var.domain}"'),
      },
    ]);
    expect(outputOf(json, "issued")).toEqual({
      condition: `\${var.hosted_zone_id != "" || ${REQUESTED}.status == "ISSUED"}`,
      errorMessage: expect.stringContaining("Create the records of the output certificate_records") as string,
    });
  });

  test("without a name there is none", () => {
    expect(() => synthCertificate()).toThrow("A certificate needs a public name");
  });

  test("nothing else is made", () => {
    expect(resourceTypes(synthCertificate("shop.example"))).toEqual([
      "aws_acm_certificate",
      "aws_acm_certificate_validation",
      "aws_route53_record",
    ]);
  });
});
