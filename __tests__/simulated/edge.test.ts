import * as fs from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EdgeChanges, edgeStack } from "../edge/edge-stack";
import { type PlannedChange, SimulatedAccount } from "../helpers/simulated";
import { CONSTRUCT_STACK as STACK } from "../helpers/synth";

const PLAN = { timeout: 60_000 };
const APPLY = { timeout: 120_000 };
const ON = "-var=https_enabled=true";

const inPlace = (address: string): PlannedChange => ({ address, actions: ["update"] });
const added = (address: string): PlannedChange => ({ address, actions: ["create"] });
const removed = (address: string): PlannedChange => ({ address, actions: ["delete"] });
const byAddress = (a: PlannedChange, b: PlannedChange): number => (a.address < b.address ? -1 : 1);

interface DnsRecord {
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

/** Somebody makes things that no stack has. */
function putIntoWorld(
  account: SimulatedAccount,
  objects: readonly { type: string; id: string; attributes: Record<string, unknown> }[],
): void {
  const file = `${account.folder}/world.json`;
  const world = JSON.parse(fs.readFileSync(file, "utf8")) as { objects: object[] };
  const made = objects.map(({ id, attributes, ...rest }) => ({
    ...rest,
    id,
    region: "global",
    attributes: { id, ...attributes },
  }));
  fs.writeFileSync(file, JSON.stringify({ ...world, objects: [...world.objects, ...made] }));
}

describe("an edge whose zone is elsewhere", () => {
  let account: SimulatedAccount;

  beforeAll(async () => {
    account = await SimulatedAccount.startWith("edge-external", edgeStack());
    await account.init(STACK);
    await account.apply(STACK);
  }, 120_000);

  afterAll(() => account.stop());

  /** Plans with another stack, then puts the old one back. */
  async function planWith(changes: EdgeChanges, ...variables: string[]): Promise<PlannedChange[]> {
    account.rebuild(edgeStack(changes));
    try {
      return (await account.plan(STACK, ...variables)).sort(byAddress);
    } finally {
      account.rebuild(edgeStack());
    }
  }

  const createRecords = (records: readonly DnsRecord[]): void =>
    putIntoWorld(
      account,
      records.map(({ name, type, value }) => ({
        type: "aws_route53_record",
        id: name,
        attributes: { name, type, records: [value] },
      })),
    );

  const outputsNow = async () => (await account.outputs(STACK)) as Record<string, DnsRecord[]>;

  test("the first apply ends with the records to create, and a second plan is empty", PLAN, async () => {
    expect(await account.plan(STACK)).toEqual([]);
    const { certificate_records, dns_records, frontend_url, suffixes } = await outputsNow();
    const validated = (name: string) => ({
      name: expect.stringMatching(new RegExp(`^_[0-9a-f]{32}\\.${name}$`)) as string,
      type: "CNAME",
      ttl: 60,
      value: expect.stringMatching(/^_[0-9a-f]{32}\.acm-validations\.aws$/) as string,
    });
    expect(certificate_records).toEqual([validated("shop.example"), validated("api.shop.example")]);
    const value = expect.stringMatching(/^shop-growth-alb-\d+\.eu-central-1\.elb\.amazonaws\.com$/) as string;
    expect(dns_records).toEqual([
      { name: "shop.example", type: "ALIAS", ttl: 60, value },
      { name: "api.shop.example", type: "CNAME", ttl: 60, value },
    ]);
    expect(frontend_url).toMatch(/^https:\/\/main\.d[0-9a-z]+\.amplifyapp\.com$/);
    expect(suffixes).toEqual([
      expect.stringMatching(/^app\/shop-growth-alb\/[0-9a-f]{16}$/),
      expect.stringMatching(/^targetgroup\/shop-growth-api-ecs\/[0-9a-f]{16}$/),
    ]);
  });

  test("HTTPS before the certificate is issued is refused by the plan, which says what to do", PLAN, async () => {
    const { code, stdout, stderr } = await account.terraform(STACK, "plan", ON);
    expect(code).toBe(1);
    expect(`${stdout}${stderr}`.replace(/[\s│]+/g, " ")).toContain(
      "The certificate is not issued yet. Create the records of the output certificate_records",
    );
  });

  test("the share of the spare groups changes the rules in place", PLAN, async () => {
    expect(await account.plan(STACK, "-var=spare_traffic_percent=10")).toEqual([
      inPlace("aws_lb_listener_rule.rules_http_api_all"),
    ]);
  });

  test("with the records there HTTPS is turned on: it adds, and changes nothing that is there", APPLY, async () => {
    createRecords((await outputsNow()).certificate_records ?? []);
    expect((await account.plan(STACK, ON)).sort(byAddress)).toEqual([
      added("aws_lb_listener.public_https[0]"),
      added("aws_lb_listener_rule.rules_http_to_https[0]"),
      added("aws_lb_listener_rule.rules_https_api_all[0]"),
      added("aws_lb_listener_rule.rules_https_closed_paths[0]"),
    ]);
    await account.apply(STACK, ON);
    expect(await account.plan(STACK, ON)).toEqual([]);
  });

  test("a path and a service more add rules and groups, and change nothing that is there", PLAN, async () => {
    const paths = { web: ["/*"], api: ["/*", "/api/*"] };
    expect(await planWith({ paths }, ON)).toEqual([
      ...["http_api_api_all", "http_web_all", "https_api_api_all[0]", "https_web_all[0]"].map((id) =>
        added(`aws_lb_listener_rule.rules_${id}`),
      ),
      added("aws_lb_target_group.targets_ecs_web"),
      added("aws_lb_target_group.targets_spare_web"),
    ]);
  });

  test("another health check and drain time change the groups in place", PLAN, async () => {
    const healthCheck = { path: "/ready", intervalSeconds: 10, timeoutSeconds: 3, retries: 5 };
    expect(await planWith({ targets: { healthCheck, deregistrationSeconds: 60 } }, ON)).toEqual([
      inPlace("aws_lb_target_group.targets_ecs_api"),
      inPlace("aws_lb_target_group.targets_spare_api"),
    ]);
  });

  test("another public name asks for another certificate first, and the old one goes last", PLAN, async () => {
    const changes = await planWith({ hosts: ["shop.example", "api.shop.example", "www.shop.example"] }, ON);
    expect(changes).toEqual([
      { address: "aws_acm_certificate.certificate_requested", actions: ["create", "delete"] },
      inPlace("aws_lb_listener.public_https[0]"),
      inPlace("aws_lb_listener_rule.rules_http_api_all"),
      inPlace("aws_lb_listener_rule.rules_https_api_all[0]"),
    ]);
  });

  test("a group of another name is there before the old one goes, and nothing loses its targets", APPLY, async () => {
    account.rebuild(edgeStack({ literals: { targets_ecs_api: "renamed" } }));
    expect((await account.plan(STACK, ON)).sort(byAddress)).toEqual([
      inPlace("aws_ecs_service.api"),
      inPlace("aws_lb_listener_rule.rules_http_api_all"),
      inPlace("aws_lb_listener_rule.rules_https_api_all[0]"),
      { address: "aws_lb_target_group.targets_ecs_api", actions: ["create", "delete"] },
    ]);
    await account.apply(STACK, ON);
    expect(account.world().filter(({ type }) => type === "aws_lb_target_group")).toHaveLength(2);
  });
});

describe("an edge with a hosted zone", () => {
  const ZONE = "Z0123456789ABCDEFGHIJ";
  const zone = `-var=hosted_zone_id=${ZONE}`;
  let account: SimulatedAccount;

  beforeAll(async () => {
    account = await SimulatedAccount.startWith("edge-zone", edgeStack({ https: "none" }));
    await account.init(STACK);
    await account.apply(STACK);
    const attributes = { zone_id: ZONE, name: "shop.example" };
    putIntoWorld(account, [{ type: "aws_route53_zone", id: ZONE, attributes }]);
  }, 120_000);

  afterAll(() => account.stop());

  test("names lead to the load balancer once the zone is known", APPLY, async () => {
    expect(await account.plan(STACK, zone)).toEqual([
      added("aws_route53_record.record_apex[0]"),
      added("aws_route53_record.record_api[0]"),
    ]);
    await account.apply(STACK, zone);
  });

  test("from HTTP only to HTTPS in one apply, which waits for the certificate", APPLY, async () => {
    account.rebuild(edgeStack({ https: "always" }));
    expect((await account.plan(STACK, zone)).sort(byAddress)).toEqual([
      added("aws_acm_certificate.certificate_requested"),
      added("aws_acm_certificate_validation.certificate_issued[0]"),
      inPlace("aws_lb_listener.public_http"),
      added("aws_lb_listener.public_https"),
      removed("aws_lb_listener_rule.rules_http_api_all"),
      removed("aws_lb_listener_rule.rules_http_closed_paths"),
      added("aws_lb_listener_rule.rules_https_api_all"),
      added("aws_lb_listener_rule.rules_https_closed_paths"),
      added("aws_route53_record.certificate_record_apex[0]"),
      added("aws_route53_record.certificate_record_api[0]"),
    ]);
    await account.apply(STACK, zone);
    expect(await account.plan(STACK, zone)).toEqual([]);
  });

  test("another public name is validated before the listener takes the new certificate", APPLY, async () => {
    account.rebuild(edgeStack({ https: "always", hosts: ["shop.example", "api.shop.example", "www.shop.example"] }));
    const replaced = (address: string): PlannedChange => ({ address, actions: ["delete", "create"] });
    expect((await account.plan(STACK, zone)).sort(byAddress)).toEqual([
      { address: "aws_acm_certificate.certificate_requested", actions: ["create", "delete"] },
      replaced("aws_acm_certificate_validation.certificate_issued[0]"),
      inPlace("aws_lb_listener.public_https"),
      inPlace("aws_lb_listener_rule.rules_https_api_all"),
      replaced("aws_route53_record.certificate_record_apex[0]"),
      replaced("aws_route53_record.certificate_record_api[0]"),
      added("aws_route53_record.certificate_record_www[0]"),
      added("aws_route53_record.record_www[0]"),
    ]);
    await account.apply(STACK, zone);
    expect(await account.plan(STACK, zone)).toEqual([]);
  });

  test("all of it is destroyed in an order that AWS takes", APPLY, async () => {
    await account.must(STACK, "destroy", "-auto-approve", zone);
    const left = account.world().filter(({ type }) => type.startsWith("aws_"));
    expect(left.map(({ type }) => type)).toEqual(["aws_route53_zone"]);
  });
});
