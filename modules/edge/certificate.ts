import { AcmCertificate } from "@cdktf/provider-aws/lib/acm-certificate";
import { AcmCertificateValidation } from "@cdktf/provider-aws/lib/acm-certificate-validation";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Fn, type Precondition } from "cdktf";
import { Construct } from "constructs";
import { underDomain, type PublicHost } from "./public-hosts";
import { recordId, TTL_SECONDS, WITH_HOSTED_ZONE, type RecordToCreate } from "./records";

export interface CertificateProps {
  /** The names that the certificate is for; at least one, and up to 10 in a new account. */
  readonly hosts: readonly PublicHost[];
  /** The domain, as a reference. @default - none: names as they are */
  readonly domain?: string;
  /** Hosted zone, as a reference to the variable `hosted_zone_id`; empty writes no records. */
  readonly hostedZoneId: string;
}

/** How long an apply waits for a certificate whose records it has written. ACM needs minutes, and rarely half an hour. */
const LONGEST_WAIT = "30m";

/**
 * A certificate of ACM for all public names, validated by DNS records. With the variable `hosted_zone_id` the stack writes
 * them and waits; without, they are readable as data for the person who creates them, and no apply waits: `issued` fails it
 * at once, and says what is missing.
 *
 * Another name or domain is another certificate. It is requested and validated before the listener takes it, and the old
 * one goes last, so HTTPS has no gap.
 *
 * Cost: none.
 */
export class Certificate extends Construct {
  /** The certificate for a listener; with a hosted zone it is there when the certificate is issued. */
  readonly arn: string;
  /** What must hold before a listener can have it. */
  readonly issued: Precondition;
  /** Records that prove that the names are ours. They stay, because ACM renews by them. */
  readonly toCreate: readonly RecordToCreate[];

  constructor(scope: Construct, id: string, props: CertificateProps) {
    super(scope, id);
    const hosts = [...props.hosts].sort(byLength);
    const requested = this.request(hosts, props.domain);
    this.toCreate = hosts.map((host) => validationRecord(requested, underDomain(host, props.domain)));
    const validation = this.validate(requested, this.writeRecords(hosts, props.hostedZoneId));

    const validated = `one(aws_acm_certificate_validation.${validation.friendlyUniqueId}[*].certificate_arn)`;
    this.arn = `\${coalesce(${validated}, ${requested.fqn}.arn)}`;
    this.issued = {
      condition: `\${var.hosted_zone_id != "" || ${requested.fqn}.status == "ISSUED"}`,
      errorMessage:
        "The certificate is not issued yet. Create the records of the output certificate_records, wait until ACM shows it " +
        "as issued, usually a few minutes, and apply again. Everything else can be applied with https_enabled = false.",
    };
  }

  private request(hosts: readonly PublicHost[], domain: string | undefined): AcmCertificate {
    const [first, ...others] = hosts.map((host) => underDomain(host, domain));
    if (first === undefined) throw new Error("A certificate needs a public name");
    return new AcmCertificate(this, "requested", {
      domainName: first,
      subjectAlternativeNames: others.length === 0 ? undefined : others,
      validationMethod: "DNS",
      lifecycle: { createBeforeDestroy: true },
    });
  }

  /** A record that an earlier certificate of the same name left is taken over: ACM asks for the same one again. */
  private writeRecords(hosts: readonly PublicHost[], hostedZoneId: string): Route53Record[] {
    return hosts.map((host, index) => {
      const { name, type, value } = this.toCreate[index] as RecordToCreate;
      const record = new Route53Record(this, recordId(this, host, "record_"), {
        zoneId: hostedZoneId,
        name,
        type,
        ttl: TTL_SECONDS,
        records: [value],
        allowOverwrite: true,
      });
      record.addOverride("count", WITH_HOSTED_ZONE);
      return record;
    });
  }

  private validate(requested: AcmCertificate, records: readonly Route53Record[]): AcmCertificateValidation {
    const names = records.map((record) => `aws_route53_record.${record.friendlyUniqueId}[*].fqdn`);
    const validation = new AcmCertificateValidation(this, "issued", {
      certificateArn: requested.arn,
      timeouts: { create: LONGEST_WAIT },
    });
    validation.addOverride("validation_record_fqdns", `\${concat(${names.join(", ")})}`);
    validation.addOverride("count", WITH_HOSTED_ZONE);
    return validation;
  }
}

/** Shortest first: a certificate is called by its first name, which ACM wants to have 64 characters at most. */
const byLength = (a: PublicHost, b: PublicHost): number => a.name.length - b.name.length || (a.name < b.name ? -1 : 1);

/** The record that ACM asks for to believe that a name is ours. */
function validationRecord(certificate: AcmCertificate, name: string): RecordToCreate {
  // A reference keeps its braces inside a text of an expression only as the argument of a function.
  const wanted = Fn.join("", [name]);
  const option = (attribute: string): string =>
    `one([for option in ${certificate.fqn}.domain_validation_options : option.${attribute} if option.domain_name == ${wanted}])`;
  return {
    name: `\${trimsuffix(${option("resource_record_name")}, ".")}`,
    type: "CNAME",
    ttl: TTL_SECONDS,
    value: `\${trimsuffix(${option("resource_record_value")}, ".")}`,
  };
}
