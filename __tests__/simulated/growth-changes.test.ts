import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AppInput } from "../../modules/spec";
import { SimulatedAccount } from "../helpers/simulated";
import { simple } from "./growth-apps";

/** With a cache, and traffic that the load balancer takes as HTTP until somebody has created the certificate's records. */
const app: AppInput = { ...simple, name: "flips", stacks: { growth: { id: "flips" } }, cache: { mode: "own" } };

let account: SimulatedAccount;

beforeAll(async () => {
  account = await SimulatedAccount.start("growth-changes", [app]);
  await account.init("flips");
  await account.apply("flips");
}, 180_000);

afterAll(() => account.stop());

const changed = async (...args: string[]) =>
  (await account.plan("flips", ...args)).map(({ address, actions }) => `${actions.join("+")} ${address}`);

describe("what a team flips without Node", () => {
  /** Each variable with another value, and what its plan may do besides updates in place. */
  const FLIPS: readonly (readonly [flips: string, more: readonly RegExp[]])[] = [
    ["compute_enabled=false", []],
    ["spare_traffic_percent=25", []],
    ['service_counts={"api"={"desired"=5}}', []],
    ["db_instance_class=db.t4g.medium", []],
    ["db_multi_az=true", []],
    ["db_storage_gib=40", []],
    ["db_allow_major_upgrade=true", []],
    ["cache_node_type=cache.t4g.small", []],
    ["cache_replicas=1", []],
    ["mover_enabled=true", [/^create aws_vpc_security_group_(ingress|egress)_rule[.]firewall_\w*mover/]],
    ['alert_emails=["ops@example.com"]', [/^create aws_sns_topic_subscription[.]alerts_email/]],
    ["hosted_zone_id=Z0123456789ABCDEFGHIJ", [/^create aws_(route53_record|acm_certificate_validation)[.]/]],
  ];

  test.each(FLIPS)("%s plans updates in place", { timeout: 60_000 }, async (flip, more) => {
    const plan = await changed(`-var=${flip}`);
    const isNotInPlace = (line: string) => !line.startsWith("update ") && !more.some((pattern) => pattern.test(line));
    expect(plan.filter(isNotInPlace)).toEqual([]);
    // Before the first release there are no tasks, so their number changes nothing yet.
    expect(plan.length > 0 || /^(compute|service_counts)/.test(flip), flip).toBe(true);
  });

  test("what is not allowed is refused with what is", { timeout: 60_000 }, async () => {
    const wrong: readonly (readonly [string, string])[] = [
      ["spare_traffic_percent=101", "spare_traffic_percent must be a whole number from 0 to 100."],
      ['service_counts={"web"={"desired"=1}}', "service_counts knows these services: api."],
      ['service_counts={"api"={"min"=1.5}}', "Every number of service_counts must be a whole number from 0 to 1000."],
      ["db_storage_gib=10", "db_storage_gib must be a whole number from 20 to 65536: storage cannot shrink."],
      ["db_instance_class=t4g.micro", "db_instance_class must be an RDS instance class such as db.t4g.micro."],
      ["cache_replicas=6", "cache_replicas must be a whole number from 0 to 5."],
    ];
    for (const [flip, message] of wrong) {
      const { code, stderr } = await account.terraform("flips", "plan", `-var=${flip}`);
      expect([code, stderr.replaceAll(/\s+/g, " ")], flip).toEqual([1, expect.stringContaining(message)]);
    }
  });

  test("HTTPS waits for its certificate, and says so", { timeout: 60_000 }, async () => {
    const { code, stderr } = await account.terraform("flips", "plan", "-var=https_enabled=true");
    expect([code, stderr.replaceAll(/\s+/g, " ")]).toEqual([
      1,
      expect.stringContaining("certificate is not issued yet"),
    ]);
  });
});
