import type { Construct } from "constructs";
import { CLOUDFLARE_RANGES } from "../modules/security/cloudflare-ranges";
import type { ResolvedApp } from "../modules/spec";
import { emptyOrMatching, listVariable, rangesOnly, stringVariable } from "../modules/terraform/variables";

// Variables that more than one tier has, with the same name and the same meaning.

export function alertEmails(scope: Construct, { observability }: ResolvedApp): string[] {
  return listVariable(scope, "alert_emails", {
    description: "Mail addresses that get alarms. Each must confirm the subscription that AWS mails to it.",
    default: observability.emails,
    rules: [
      {
        condition: '${alltrue([for mail in var.alert_emails : can(regex("^[^@ ]+@[^@ ]+[.][^@ ]+$", mail))])}',
        message: "Every entry of alert_emails must be a mail address.",
      },
    ],
  });
}

export function originRanges(scope: Construct, behind: "host" | "load balancer"): string[] {
  return listVariable(scope, "origin_cidrs", {
    description: `Ranges that may reach ports 80 and 443: the CDN in front of the ${behind}.`,
    default: CLOUDFLARE_RANGES,
    rules: [rangesOnly("origin_cidrs")],
  });
}

export function hostedZoneId(scope: Construct, { dns }: ResolvedApp): string {
  return stringVariable(scope, "hosted_zone_id", {
    description: "Route 53 hosted zone that gets the records. Empty means none: see the output dns_records.",
    default: dns.hostedZoneId ?? "",
    rules: [emptyOrMatching("hosted_zone_id", "^Z[0-9A-Z]{5,31}$", "a hosted zone id such as Z0123456789ABCDEFGHIJ")],
  });
}

export function domain(scope: Construct, value: string): string {
  return stringVariable(scope, "domain", {
    description: "Domain of the app; the public names lie in it.",
    default: value,
    rules: [
      {
        condition: '${can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?[.])+[a-z]{2,63}$", var.domain))}',
        message: "domain must be a DNS name in lower case, such as example.com.",
      },
    ],
  });
}
