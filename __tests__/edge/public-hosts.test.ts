import { describe, expect, test } from "vitest";
import { publicHosts, underDomain } from "../../modules/edge/public-hosts";
import type { ResolvedService } from "../../modules/spec";
import { referenced } from "../registry/services";

const routed = (...hosts: string[]): ResolvedService => ({
  ...referenced("registry.example.com/x:1"),
  route: { hosts, paths: ["/*"] },
});

describe("publicHosts", () => {
  test.each<[what: string, domain: string | undefined, hosts: string[], labels: (string | undefined)[]]>([
    ["the domain itself", "example.com", ["example.com"], [""]],
    ["a name below it", "example.com", ["api.example.com"], ["api"]],
    ["a name far below it", "example.com", ["v1.api.example.com"], ["v1.api"]],
    ["a name that only ends alike", "example.com", ["badexample.com"], [undefined]],
    ["a name elsewhere", "example.com", ["shop.example.org"], [undefined]],
    ["a domain below another", "app.example.com", ["example.com", "app.example.com"], [undefined, ""]],
    ["no domain", undefined, ["example.com"], [undefined]],
  ])("%s", (_what, domain, hosts, labels) => {
    expect(publicHosts({ services: { web: routed(...hosts) }, dns: { domain } })).toEqual(
      hosts.map((name, index) => ({ name, label: labels[index] })),
    );
  });

  test("each name once, in the order of the specification, of routed services only", () => {
    const services = {
      web: routed("example.com", "www.example.com"),
      worker: referenced("registry.example.com/worker:1"),
      api: routed("api.example.com", "example.com"),
    };
    expect(publicHosts({ services, dns: { domain: "example.com" } }).map(({ name }) => name)).toEqual([
      "example.com",
      "www.example.com",
      "api.example.com",
    ]);
  });

  test("no route, no host", () => {
    expect(publicHosts({ services: { worker: referenced("r/w:1") }, dns: { domain: "example.com" } })).toEqual([]);
  });
});

describe("underDomain", () => {
  test.each<[what: string, label: string | undefined, domain: string | undefined, name: string]>([
    ["the domain itself", "", "${var.domain}", "${var.domain}"],
    ["a name in it", "api", "${var.domain}", "api.${var.domain}"],
    ["a name outside it", undefined, "${var.domain}", "as.given.org"],
    ["no domain", undefined, undefined, "as.given.org"],
    ["a label that has lost its domain", "api", undefined, "as.given.org"],
  ])("%s", (_what, label, domain, name) => {
    expect(underDomain({ name: "as.given.org", label }, domain)).toBe(name);
  });
});
