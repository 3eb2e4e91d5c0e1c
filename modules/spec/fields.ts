import { z } from "zod";

/** What a report line says about a field besides its path and value. */
export interface FieldGuide {
  /** The values that are allowed, in words. */
  readonly allowed: string;
  /** What the author should do about a wrong value. */
  readonly fix: string;
}

/** Attaches the words that a problem report uses for this field. */
export function guided<T extends z.ZodType>(schema: T, allowed: string, fix: string): T {
  return schema.meta({ allowed, fix } satisfies FieldGuide);
}

/** A whole number between two bounds. The unit goes into the words. */
export const wholeNumber = (min: number, max: number, unit: string) =>
  guided(
    z.int().min(min).max(max),
    `a whole number from ${min} to ${max} (${unit})`,
    "set a number in that range, without quotes",
  );

/** One of a fixed list of words. */
export const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  guided(z.enum(values), values.map((value) => `"${value}"`).join(" | "), "choose one of these");

/** A text that must match a pattern. */
export const text = (pattern: RegExp, allowed: string, fix: string) => guided(z.string().regex(pattern), allowed, fix);

/** Yes or no. */
export const flag = () => guided(z.boolean(), "true | false", "set true or false, without quotes");

/** A list of up to 64 things. */
export const list = <T extends z.ZodType>(element: T, what: string, min = 0, max = 64) =>
  guided(
    z.array(element).min(min).max(max),
    min === 0 ? `a list of up to ${max} ${what}` : `a list of ${min} to ${max} ${what}`,
    "write it in square brackets",
  );

/** Things by name. */
export const byName = <K extends z.ZodType<string, string>, V extends z.ZodType>(
  key: K,
  value: V,
  what: string,
  by = "name",
) => guided(z.record(key, value), `${what} by ${by}`, `write it in braces, each with its ${by} in front`);

const REASON = "one sentence of 10 to 200 characters";

/**
 * A safety that is on unless someone writes down why it is off. The reason lands in a tag or a comment of the output.
 */
export const safety = () =>
  guided(
    z.union([
      z.literal(true),
      z.strictObject({
        /** Why the safety is off, one sentence of 10 to 200 characters. */
        off: guided(z.string().min(10).max(200), REASON, "say why this app does without the safety"),
      }),
    ]),
    `true, or { off: "<the reason, 10 to 200 characters>" }`,
    "leave it out to keep the safety on, or write the reason for turning it off",
  );

/** The value of a {@link safety} field. */
export type Safety = true | { readonly off: string };

/** Whether a safety is on. */
export const isOn = (value: Safety): value is true => value === true;

const OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
/** An IPv4 range in CIDR notation. */
export const cidr = (allowed = `an IPv4 range such as "10.0.0.0/16"`) =>
  text(
    new RegExp(`^(${OCTET}\\.){3}${OCTET}/(3[0-2]|[12]?\\d)$`),
    allowed,
    "write four numbers from 0 to 255 and a prefix length from 0 to 32",
  );

/** Shortest prefix of a range that people are let in from; two ranges with /1 would be the whole internet. */
export const SHORTEST_CLIENT_PREFIX = 8;

/** A range that a person is let in from: never the whole internet, nor large parts of it. */
export const clientCidr = () =>
  guided(
    cidr().refine((value) => Number(value.split("/")[1]) >= SHORTEST_CLIENT_PREFIX),
    `an IPv4 range such as "203.0.113.7/32", with a prefix of /${SHORTEST_CLIENT_PREFIX} or longer`,
    "name the addresses that need access, or use SSM sessions instead",
  );

/** A name of lower-case letters, digits and single dashes. */
export const kebab = (min: number, max: number) =>
  guided(
    z
      .string()
      .min(min)
      .max(max)
      .regex(/^[a-z](-?[a-z0-9])*$/),
    `${min} to ${max} lower-case letters, digits and single dashes, starting with a letter`,
    "shorten or rename it",
  );

/** The name of an environment variable or a secret. */
export const envName = () =>
  text(
    /^[A-Z][A-Z0-9_]{0,63}$/,
    "upper-case letters, digits and underscores, up to 64",
    "rename it, for example JWT_SECRET",
  );

/** Where a secret is referred to. */
export const secretName = () =>
  text(
    /^[A-Z][A-Z0-9_]{0,63}$/,
    "the name of a secret: upper-case letters, digits and underscores, up to 64",
    "write its name, for example JWT_SECRET, never its value",
  );

/** Where a service of the app is referred to. */
export const serviceName = (allowed = "the name of a service of the app") =>
  text(/^[a-z](-?[a-z0-9])*$/, allowed, "write the name as it stands under services");

/** The value of an environment variable. */
export const envValue = () =>
  guided(z.string().max(4096), "a text of up to 4096 characters", "write it in quotes, numbers and true or false too");

/** A DNS name without a trailing dot. */
export const hostName = () =>
  text(
    /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
    `a DNS name such as "api.example.com"`,
    "write it in lower case, without scheme, port or trailing dot",
  );

/** In the place of a public host: every host that no other route has, the bare address too. */
export const ANY_HOST = "*";

/** A public host, or every one. */
export const publicHostName = () =>
  guided(
    z.union([z.literal(ANY_HOST), hostName()]),
    `a DNS name such as "api.example.com", or "${ANY_HOST}" for every host`,
    "write it in lower case, without scheme, port or trailing dot",
  );

/** A time of day in UTC. */
export const timeOfDay = () =>
  text(/^([01]\d|2[0-3]):[0-5]\d$/, `a time of day in UTC such as "02:30"`, "write two digits, a colon, two digits");

/** A path inside a container or on the host. */
export const absolutePath = () =>
  text(
    /^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._-]+)+$/,
    `an absolute path such as "/var/cache"`,
    "start with /, use no spaces and neither . nor .. as a part",
  );

/** A path inside the app's repository. */
export const relativePath = () =>
  text(
    /^(?!\/)(?!.*(^|\/)\.\.(\/|$))\S+$/,
    `a relative path such as "docker/Dockerfile", without ..`,
    "write it relative to the app's repository",
  );

/** A PostgreSQL identifier that needs no quotes. */
export const sqlName = () =>
  text(
    /^[a-z_][a-z0-9_]{0,62}$/,
    "up to 63 lower-case letters, digits and underscores, not starting with a digit",
    "rename it so that SQL needs no quotes",
  );

/** A command and its arguments. */
export const command = () =>
  guided(
    z.array(guided(z.string().min(1), "a word of the command, not empty", "write a text in quotes")).min(1),
    `a list of the command and its arguments such as ["node", "migrate.js"]`,
    "write each word as a text of its own; no shell reads it",
  );

/** A mail address. */
export const mailAddress = () =>
  guided(z.email(), `a mail address such as "ops@example.com"`, "write one that people read");

/** An AWS region. Whether it exists is checked apart from its form. */
export const awsRegion = () =>
  text(/^[a-z]{2}(-[a-z]+)+-\d$/, `an AWS region such as "eu-central-1"`, "take it from the list of AWS regions");

/** The id of an AWS resource, e.g. `vpc-0123456789abcdef0`. */
export const awsId = (prefix: string, what: string) =>
  text(
    new RegExp(`^${prefix}-[0-9a-f]{8,17}$`),
    `${what} such as "${prefix}-0123456789abcdef0"`,
    "copy it from the AWS console",
  );

const tagText = (max: number) =>
  text(
    new RegExp(`^[\\w .:/=+@-]{1,${max}}$`),
    `1 to ${max} letters, digits, spaces or _.:/=+-@`,
    "AWS allows no other characters in tags",
  );

/** Tags of AWS resources by key. */
export const tags = () => byName(tagText(128), tagText(256), "tags");
