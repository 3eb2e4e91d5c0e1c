import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { HostRecords, type HostRecordsProps } from "../../modules/edge/host-records";
import { stringVariable } from "../../modules/terraform/variables";
import { outputOf, resourceTypes } from "../helpers/inspect";
import { resourcesOf, synth } from "../helpers/synth";

function synthRecords(props: Partial<HostRecordsProps> = {}): string {
  return synth((stack) => {
    const hostedZoneId = stringVariable(stack, "hosted_zone_id", { description: "Zone.", default: "" });
    const { toCreate } = new HostRecords(stack, "record", {
      hosts: [],
      hostedZoneId,
      address: "${aws_eip.host_address.public_ip}",
      ...props,
    });
    new TerraformOutput(stack, "exposed", { value: toCreate });
  });
}

describe("HostRecords", () => {
  test("without public names makes no record", () => {
    const json = synthRecords();
    expect(resourceTypes(json)).toEqual([]);
    expect(outputOf(json, "exposed")).toEqual([]);
  });

  test("a short-lived A record for each name, only when there is a hosted zone", () => {
    const json = synthRecords({
      hosts: [
        { name: "example.com", label: "" },
        { name: "api.example.com", label: "api" },
      ],
      domain: "${var.domain}",
    });
    expect(json).toHaveResourceCount(Route53Record, 2);
    for (const name of ["${var.domain}", "api.${var.domain}"]) {
      expect(json).toHaveResourceWithProperties(Route53Record, {
        count: '${var.hosted_zone_id == "" ? 0 : 1}',
        zone_id: "${var.hosted_zone_id}",
        name,
        type: "A",
        ttl: 60,
        records: ["${aws_eip.host_address.public_ip}"],
      });
    }
    expect(Object.keys(resourcesOf(json, Route53Record))).toEqual(["record_apex", "record_api"]);
  });

  test("the same records as data, for a zone that is elsewhere", () => {
    const json = synthRecords({ hosts: [{ name: "api.example.com", label: "api" }], domain: "${var.domain}" });
    expect(outputOf(json, "exposed")).toEqual([
      { name: "api.${var.domain}", type: "A", ttl: 60, value: "${aws_eip.host_address.public_ip}" },
    ]);
  });

  test("a name outside the domain stays as it is", () => {
    const json = synthRecords({ hosts: [{ name: "shop.example.org", label: undefined }], domain: "${var.domain}" });
    expect(json).toHaveResourceCount(Route53Record, 1);
    expect(json).toHaveResourceWithProperties(Route53Record, { name: "shop.example.org" });
    expect(Object.keys(resourcesOf(json, Route53Record))).toEqual(["record_shop_example_org"]);
  });

  test("a label of several parts is a logical id too", () => {
    const json = synthRecords({ hosts: [{ name: "v-1.api.example.com", label: "v-1.api" }], domain: "${var.domain}" });
    expect(Object.keys(resourcesOf(json, Route53Record))).toEqual(["record_v_1_api"]);
  });

  test.each([
    ["dots and dashes", "a-b", "a.b"],
    ["the apex and a name that is called so", "", "apex"],
  ])("names that only differ by %s stay apart", (_what, one, other) => {
    const hosts = [one, other].map((label) => ({ name: label === "" ? "example.com" : `${label}.example.com`, label }));
    const json = synthRecords({ hosts, domain: "${var.domain}" });
    expect(json).toHaveResourceCount(Route53Record, 2);
    for (const label of [one, other]) {
      const name = label === "" ? "${var.domain}" : `${label}.\${var.domain}`;
      expect(json).toHaveResourceWithProperties(Route53Record, { name });
    }
  });
});
