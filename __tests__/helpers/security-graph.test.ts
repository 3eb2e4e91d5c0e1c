import { describe, expect, test } from "vitest";
import { SecurityGraph } from "./security-graph";

type Block = Record<string, unknown>;

const GROUPS = { web: {}, data: {} };
const ref = (group: string): string => `\${aws_security_group.${group}.id}`;

function graph(ingress: Record<string, Block>, egress: Record<string, Block> = {}, groups: object = GROUPS) {
  return new SecurityGraph(
    JSON.stringify({
      resource: {
        aws_security_group: groups,
        aws_vpc_security_group_ingress_rule: ingress,
        aws_vpc_security_group_egress_rule: egress,
      },
    }),
  );
}

const rule = (group: string, peer: Block, port = 5432): Block => ({
  security_group_id: ref(group),
  ip_protocol: "tcp",
  from_port: port,
  to_port: port,
  ...peer,
});
const FROM_WEB = { referenced_security_group_id: ref("web") };

describe("SecurityGraph sees", () => {
  test.each<[what: string, peer: Block]>([
    ["the internet", { cidr_ipv4: "0.0.0.0/0" }],
    ["the internet by IPv6", { cidr_ipv6: "::/0" }],
    ["the ranges of a variable", { cidr_ipv4: "${each.value}", for_each: "${toset(var.cidrs)}" }],
  ])("a database that is open to %s", (_what, peer) => {
    expect(graph({ open: rule("data", peer) }).reachableFromWorld()).toEqual(["data:5432"]);
  });

  test("a range inside the network, which is not the internet", () => {
    const inside = graph({ open: rule("data", { cidr_ipv4: "10.0.0.0/8" }) });
    expect(inside.reachableFromWorld()).toEqual([]);
    expect(inside.callersOf("data")).toEqual(["10.0.0.0/8:5432"]);
  });

  test("a way of which the caller's group forbids its half", () => {
    const ways = graph({ way: rule("data", FROM_WEB) });
    expect([ways.callersOf("data"), ways.halves()]).toEqual([[], ["way"]]);
    const elsewhere = { out: rule("web", { referenced_security_group_id: ref("data") }, 443) };
    expect(graph({ way: rule("data", FROM_WEB) }, elsewhere).halves()).toEqual(["way", "out"]);
  });

  test("a way whose caller may call anything", () => {
    const anything = { security_group_id: ref("web"), ip_protocol: "-1", cidr_ipv4: "0.0.0.0/0" };
    const ways = graph({ way: rule("data", FROM_WEB) }, { anything });
    expect([ways.callersOf("data"), ways.halves(), ways.calledBy("web")]).toEqual([["web:5432"], [], ["world:all"]]);
  });

  test("rules in the group itself", () => {
    expect(() => graph({}, {}, { data: { egress: [] } })).toThrow("the group data holds rules of its own");
  });
});
