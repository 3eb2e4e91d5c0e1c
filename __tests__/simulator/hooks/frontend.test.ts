/** Certificates, web application firewalls, single-page apps. */
import { describe, expect, test } from "vitest";
import type { Obj, World, WorldObject } from "../../../scripts/simulator/contract";
import { Account, checkCreation, created, CTX, KNOWN, object, REGION, summaries } from "../facts/account";

const CERTIFICATE = `arn:aws:acm:${REGION}:${CTX.account}:certificate/0`;

const refusals = (type: string, config: Obj, world: World): string[] => summaries(checkCreation(type, config, world));

describe("certificates", () => {
  const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `n${i}.shop.example`);
  const request = (domain_name: string, subject_alternative_names: string[]): Obj => ({
    domain_name,
    subject_alternative_names,
    validation_method: "DNS",
  });

  test("have up to ten names, the first of which is short", () => {
    expect(refusals("aws_acm_certificate", request("shop.example", names(9)), new Account())).toEqual([]);
    expect(refusals("aws_acm_certificate", request("shop.example", names(10)), new Account())[0]).toContain(
      "LimitExceededException",
    );
    const long = `${"a".repeat(60)}.example`;
    expect(refusals("aws_acm_certificate", request(long, []), new Account())[0]).toContain(
      "The first domain name can be no longer than 64 octets",
    );
    expect(refusals("aws_acm_certificate", request("shop.example", [long]), new Account())).toEqual([]);
  });

  test("are issued by the next look once their records are there, whoever made them", () => {
    const made = created("aws_acm_certificate", request("shop.example", ["api.shop.example"]));
    const certificate = object("aws_acm_certificate", CERTIFICATE, { ...made, arn: CERTIFICATE });
    const options = made.domain_validation_options as { resource_record_name: string; resource_record_value: string }[];
    const records = options.map((option, i) =>
      object("aws_route53_record", `r${i}`, {
        name: option.resource_record_name.replace(/\.$/, ""),
        records: [option.resource_record_value],
      }),
    );
    const look = (...world: WorldObject[]): Obj | undefined =>
      KNOWN.hooks("aws_acm_certificate").read?.({ object: certificate, ctx: CTX, world: new Account(...world) });
    expect(made.status).toBe("PENDING_VALIDATION");
    expect(look()).toBeUndefined();
    expect(look(...records.slice(1))).toBeUndefined();
    expect(look(...records)).toEqual({ ...certificate.attributes, status: "ISSUED" });
  });
});

describe("web application firewalls", () => {
  const limit = { name: "limit", priority: 0, action: [{ block: [{}] }], statement: [{ rate_based_statement: [{}] }] };
  const managed = (name: string, changes: Obj = {}): Obj => ({
    name: "common",
    priority: 1,
    override_action: [{ none: [{}] }],
    statement: [{ managed_rule_group_statement: [{ vendor_name: "AWS", name }] }],
    ...changes,
  });
  const problems = (...rule: Obj[]): string[] =>
    summaries(KNOWN.hooks("aws_wafv2_web_acl").validate?.({ rule }, CTX) ?? []);

  test("have rules that are in order, act in the one way they can, and exist", () => {
    expect(problems(limit, managed("AWSManagedRulesCommonRuleSet"))).toEqual([]);
    expect(problems(limit, managed("AWSManagedRulesCommonRuleSet", { priority: 0 }))[0]).toContain("the same priority");
    expect(problems(managed("AWSManagedRulesCommonRules"))[0]).toContain("does not exist");
    expect(problems({ ...limit, action: [] })).toHaveLength(1);
    expect(problems(managed("AWSManagedRulesCommonRuleSet", { action: [{ block: [{}] }] }))).toHaveLength(1);
  });
});

describe("single-page apps", () => {
  test("have a repository with a token, or none", () => {
    const refused = (config: Obj): string[] => refusals("aws_amplify_app", { name: "web", ...config }, new Account());
    expect(refused({})).toEqual([]);
    expect(refused({ repository: "https://github.com/acme/shop", access_token: "t" })).toEqual([]);
    expect(refused({ repository: "https://github.com/acme/shop" })[0]).toContain("at least provide one valid token");
  });

  test("are published below their id", () => {
    expect(created("aws_amplify_app", { name: "web" }, new Account(), { id: "d123" }).default_domain).toBe(
      "d123.amplifyapp.com",
    );
  });
});
