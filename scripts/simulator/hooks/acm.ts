/** Certificates: the provider knows at plan time for which domains there will be validation records. */
import type { ApplyInput, Diagnostic, Obj, PlanInput, ReadInput, World, WorldObject } from "../contract";
import { UNKNOWN } from "../wire/value";
import { digits, fallback, type Hooks, objects, refuse, strings, text } from "./service";

export const ACM_HOOKS: Hooks = {
  aws_acm_certificate: { check: checkNames, plan: planCertificate, apply: requestCertificate, read: issue },
  aws_acm_certificate_validation: { check: checkValidation },
};

const PENDING = "PENDING_VALIDATION";
const ISSUED = "ISSUED";

/** All names of a certificate; undefined while one is not known. */
function domainsOf(config: Obj): string[] | undefined {
  const names = [
    config.domain_name,
    ...(Array.isArray(config.subject_alternative_names) ? config.subject_alternative_names : []),
  ];
  if (config.subject_alternative_names === UNKNOWN || names.includes(UNKNOWN)) return undefined;
  return [...new Set(strings(names))].sort();
}

/** Source: quotas of ACM, and RequestCertificate. */
const MOST_NAMES = 10;
const LONGEST_DOMAIN = 64;

function checkNames(input: ApplyInput): Diagnostic[] {
  const names = domainsOf(input.config) ?? [];
  const domain = text(input.config.domain_name) ?? "";
  if (domain.length > LONGEST_DOMAIN) {
    const message = `ValidationException: The first domain name can be no longer than ${LONGEST_DOMAIN} octets`;
    return [refuse(input, message, `${domain} has ${domain.length}.`, "domain_name")];
  }
  if (names.length <= MOST_NAMES) return [];
  const message = `LimitExceededException: A certificate of a new account has up to ${MOST_NAMES} domain names`;
  return [refuse(input, message, `This one has ${names.length}.`, "subject_alternative_names")];
}

/** ACM adds the domain itself to the alternative names, and the provider plans that too. */
function planCertificate({ config, prior, planned }: PlanInput): { planned: Obj } {
  const domains = domainsOf(config);
  if (!domains) return { planned };
  const named = { ...planned, subject_alternative_names: domains };
  if (prior || config.validation_method !== "DNS") return { planned: named };
  const domain_validation_options = domains.map((domain_name) => ({
    domain_name,
    resource_record_name: UNKNOWN,
    resource_record_type: UNKNOWN,
    resource_record_value: UNKNOWN,
  }));
  return { planned: { ...named, domain_validation_options } };
}

function requestCertificate({ config, prior, result }: ApplyInput): { result: Obj } {
  if (prior) return { result };
  const domains = domainsOf(config) ?? [];
  const settled = fallback(result, config, { key_algorithm: "RSA_2048", subject_alternative_names: domains });
  return {
    result: {
      ...settled,
      domain_validation_options: config.validation_method === "DNS" ? domains.map(validationRecord) : [],
      not_after: "",
      not_before: "",
      renewal_eligibility: "INELIGIBLE",
      status: PENDING,
      type: "AMAZON_ISSUED",
    },
  };
}

/** A wildcard is validated by the record of the domain it stands under. */
function validationRecord(domain_name: string): Obj {
  const domain = domain_name.replace(/^\*\./, "");
  return {
    domain_name,
    resource_record_name: `_${digits(32, "acm name", domain)}.${domain}.`,
    resource_record_type: "CNAME",
    resource_record_value: `_${digits(32, "acm value", domain)}.acm-validations.aws.`,
  };
}

/** ACM looks for its records all the time, whoever made them. */
function issue({ object, world }: ReadInput): Obj | undefined {
  const { attributes } = object;
  return attributes.status === PENDING && isIssued(object, world) ? { ...attributes, status: ISSUED } : undefined;
}

/** Whether a certificate can be used: one of the fixtures that says nothing is, another when its records are there. */
export function isIssued({ attributes }: WorldObject, world: World): boolean {
  if (attributes.status !== PENDING) return (text(attributes.status) ?? ISSUED) === ISSUED;
  const options = objects(attributes.domain_validation_options);
  return options.length > 0 && options.every((option) => hasRecord(option, world));
}

function hasRecord({ resource_record_name: name, resource_record_value: value }: Obj, world: World): boolean {
  return world
    .ofType("aws_route53_record")
    .some(
      ({ attributes: a }) => sameName(a.name, name) && strings(a.records).some((record) => sameName(record, value)),
    );
}

const sameName = (a: unknown, b: unknown): boolean => String(a).replace(/\.$/, "") === String(b).replace(/\.$/, "");

function checkValidation(input: ApplyInput): Diagnostic[] {
  const { config, world } = input;
  const certificate = world.ofType("aws_acm_certificate").find((o) => o.attributes.arn === config.certificate_arn);
  const given = strings(config.validation_record_fqdns).map((name) => name.replace(/\.$/, ""));
  if (!certificate || given.length === 0) return [];
  const missing = objects(certificate.attributes.domain_validation_options)
    .map((option) => text(option.resource_record_name)?.replace(/\.$/, ""))
    .find((name) => name !== undefined && !given.includes(name));
  if (missing === undefined) return [];
  const message = `missing ${String(certificate.attributes.domain_name)} DNS validation record: ${missing}`;
  return [refuse(input, message, "Create a record for every domain validation option.", "validation_record_fqdns")];
}
