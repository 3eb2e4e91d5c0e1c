/** Listeners of load balancers, and their rules. */
import { describe, expect, test } from "vitest";
import type { Obj, World, WorldObject } from "../../../scripts/simulator/contract";
import { UNKNOWN } from "../../../scripts/simulator/wire/value";
import { Account, checkCreation, created, CTX, KNOWN, object, REGION, summaries } from "../facts/account";

const elb = (resource: string): string => `arn:aws:elasticloadbalancing:${REGION}:${CTX.account}:${resource}`;
const BALANCER = elb("loadbalancer/app/web/0123456789abcdef");
const LISTENER = elb("listener/app/web/0123456789abcdef/1111111111111111");
const GROUP = elb("targetgroup/api/2222222222222222");
const CERTIFICATE = `arn:aws:acm:${REGION}:${CTX.account}:certificate/0`;

const validate = (type: string, config: Obj): string[] =>
  summaries([...KNOWN.validate(type, config, CTX), ...(KNOWN.hooks(type).validate?.(config, CTX) ?? [])]);
const refusals = (type: string, config: Obj, world: World): string[] => summaries(checkCreation(type, config, world));

describe("listeners", () => {
  const world = (...more: WorldObject[]): Account =>
    new Account(object("aws_lb", BALANCER, { arn: BALANCER, vpc_id: "vpc-1" }), ...more);
  const listener = (changes: Obj = {}): Obj => ({
    load_balancer_arn: BALANCER,
    port: 443,
    protocol: "HTTPS",
    certificate_arn: CERTIFICATE,
    ...changes,
  });
  const certificate = (attributes: Obj): WorldObject =>
    object("aws_acm_certificate", CERTIFICATE, { arn: CERTIFICATE, ...attributes });
  const PENDING = {
    status: "PENDING_VALIDATION",
    domain_validation_options: [{ resource_record_name: "_a.shop.example.", resource_record_value: "_b.aws." }],
  };
  const record = (value: string): WorldObject =>
    object("aws_route53_record", "r", { name: "_a.shop.example", records: [value] }, "global");

  test("of HTTPS have a certificate that is issued, or whose records are there", () => {
    const refused = (...more: WorldObject[]): string[] => refusals("aws_lb_listener", listener(), world(...more));
    expect(refused(certificate({}))).toEqual([]);
    expect(refused(certificate({ status: "ISSUED" }))).toEqual([]);
    expect(refused(certificate(PENDING), record("_b.aws"))).toEqual([]);
    expect(refused(certificate(PENDING))[0]).toContain("UnsupportedCertificate: The certificate");
    expect(refused(certificate(PENDING), record("_other.aws"))).toHaveLength(1);
    expect(refused(certificate({ status: "EXPIRED" }))).toHaveLength(1);
  });

  test("have a certificate with HTTPS, and neither it nor a policy without", () => {
    const refused = (changes: Obj): string[] =>
      refusals("aws_lb_listener", listener({ certificate_arn: null, ...changes }), world(certificate({})));
    expect(refused({})).toEqual([
      "creating aws_lb_listener: ValidationError: A certificate must be specified for HTTPS listeners",
    ]);
    expect(refused({ protocol: "HTTP" })).toEqual([]);
    expect(refused({ protocol: "HTTP", certificate_arn: CERTIFICATE })[0]).toContain(
      "A certificate cannot be specified",
    );
    expect(refused({ protocol: "HTTP", ssl_policy: "ELBSecurityPolicy-2016-08" })[0]).toContain(
      "A security policy cannot",
    );
  });

  test.each([
    ["ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", 0],
    ["ELBSecurityPolicy-TLS13-1-2-2021-06", 0],
    ["ELBSecurityPolicy-2016-08", 0],
    ["ELBSecurityPolicy-TLS13-Strong", 1],
    ["TLS-1-2-2017-01", 1],
  ])("policy %s: %i problems", (ssl_policy, problems) => {
    const default_action = [{ type: "fixed-response", fixed_response: [{ content_type: "text/plain" }] }];
    expect(validate("aws_lb_listener", listener({ ssl_policy, default_action }))).toHaveLength(problems);
  });

  test.each<[string, Obj, string[]]>([
    ["a redirect", { type: "redirect", redirect: [{ status_code: "HTTP_301" }] }, []],
    ["a redirect to nowhere", { type: "redirect" }, ['default_action[0].redirect" must be specified']],
    [
      "a redirect that answers as well",
      { type: "redirect", redirect: [{}], fixed_response: [{}] },
      ['default_action[0].fixed_response" must not be specified'],
    ],
    ["a group", { type: "forward", target_group_arn: GROUP }, []],
    ["a group not known yet", { type: "forward", target_group_arn: UNKNOWN }, []],
    ["no group", { type: "forward" }, ["target_group_arn or forward"]],
  ])("an action with %s", (_what, action, words) => {
    const found = KNOWN.hooks("aws_lb_listener").validate?.({ default_action: [action] }, CTX) ?? [];
    expect(found).toHaveLength(words.length);
    words.forEach((word, i) => expect(found[i]?.summary).toContain(word));
  });

  test("are named below their load balancer, and without a policy get the old one", () => {
    const made = (changes: Obj): Obj =>
      created("aws_lb_listener", listener(changes), world(), {
        arn: "a",
        ...(changes.ssl_policy ? {} : { ssl_policy: "?" }),
      });
    expect(made({}).arn).toMatch(new RegExp(`^${elb("listener/app/web/0123456789abcdef/")}[0-9a-f]{16}$`));
    expect(made({}).id).toBe(made({}).arn);
    expect(made({}).ssl_policy).toBe("ELBSecurityPolicy-2016-08");
    expect(made({ protocol: "HTTP" }).ssl_policy).toBe("");
  });
});

describe("rules of listeners", () => {
  const to = (arn: string): Obj => ({ type: "forward", forward: [{ target_group: [{ arn, weight: 100 }] }] });
  const rule = (condition: Obj[], changes: Obj = {}): Obj => ({
    listener_arn: LISTENER,
    priority: 1,
    action: [to(GROUP)],
    condition,
    ...changes,
  });
  const hosts = (...values: string[]): Obj => ({ host_header: [{ values }] });
  const paths = (...values: string[]): Obj => ({ path_pattern: [{ values }] });

  test("have one to five values in all their conditions", () => {
    expect(validate("aws_lb_listener_rule", rule([hosts("a.b", "c.d", "e.f", "g.h"), paths("/*")]))).toEqual([]);
    expect(validate("aws_lb_listener_rule", rule([hosts("a.b", "c.d", "e.f", "g.h"), paths("/a", "/b")]))).toEqual([
      "ValidationError: A rule can only have '5' condition values",
    ]);
    expect(validate("aws_lb_listener_rule", rule([]))).toEqual(["ValidationError: A rule must have a condition"]);
    expect(validate("aws_lb_listener_rule", rule([hosts("a.b"), {}]))).toHaveLength(1);
    expect(validate("aws_lb_listener_rule", rule([{ host_header: [{ values: UNKNOWN }] }]))).toEqual([]);
  });

  test.each([
    [paths("/api/*"), 0],
    [paths("/a-b_c.d$e~f\"g'h@i:j+k&l?m"), 0],
    [paths("/api/%20"), 1],
    [paths(`/${"a".repeat(128)}`), 1],
    [hosts("*.shop.example"), 0],
    [hosts("shop_example"), 1],
  ])("take %j: %i problems", (condition, problems) => {
    expect(validate("aws_lb_listener_rule", rule([condition]))).toHaveLength(problems);
  });

  test.each([
    [0, 1],
    [1, 0],
    [50_000, 0],
    [50_001, 1],
  ])("priority %i: %i problems", (priority, problems) => {
    expect(validate("aws_lb_listener_rule", rule([paths("/")], { priority }))).toHaveLength(problems);
  });

  const listener = (arn: string, balancer: string): WorldObject =>
    object("aws_lb_listener", arn, { arn, load_balancer_arn: balancer, default_action: [] });
  const group = (vpc_id: string): WorldObject => object("aws_lb_target_group", GROUP, { arn: GROUP, vpc_id });
  const HERE = [object("aws_lb", BALANCER, { arn: BALANCER, vpc_id: "vpc-1" }), listener(LISTENER, BALANCER)];

  test("lead to groups of their own network, which no other load balancer has", () => {
    const refused = (...more: WorldObject[]): string[] =>
      refusals("aws_lb_listener_rule", rule([paths("/")]), new Account(...HERE, ...more));
    expect(refused(group("vpc-1"))).toEqual([]);
    expect(refused(group("vpc-2"))[0]).toContain("lie in another VPC than the load balancer");
    const other = [
      listener("arn-other", "arn-other-balancer"),
      object("aws_lb_listener_rule", "r", { listener_arn: "arn-other", action: [to(GROUP)] }),
    ];
    expect(refused(group("vpc-1"), ...other)[0]).toContain("TargetGroupAssociationLimit");
  });

  test("are a hundred to a load balancer, on all its listeners together", () => {
    const rules = (count: number): WorldObject[] =>
      Array.from({ length: count }, (_, i) =>
        object("aws_lb_listener_rule", `r${i}`, {
          listener_arn: i % 2 ? LISTENER : "arn-second",
          priority: i + 10,
          action: [],
        }),
      );
    const refused = (count: number): string[] => {
      const world = new Account(...HERE, listener("arn-second", BALANCER), group("vpc-1"), ...rules(count));
      return refusals("aws_lb_listener_rule", rule([paths("/")]), world);
    };
    expect(refused(99)).toEqual([]);
    expect(refused(100)[0]).toContain("TooManyRules");
  });

  test("are named below their listener, and without a priority come last", () => {
    const world = new Account(object("aws_lb_listener_rule", "r", { listener_arn: LISTENER, priority: 7 }));
    const made = created("aws_lb_listener_rule", { listener_arn: LISTENER }, world, { arn: "a", priority: 0 });
    expect(made.priority).toBe(8);
    expect(made.arn).toMatch(
      new RegExp(`^${elb("listener-rule/app/web/0123456789abcdef/1111111111111111/")}[0-9a-f]{16}$`),
    );
  });
});
