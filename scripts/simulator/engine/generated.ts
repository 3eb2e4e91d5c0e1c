/**
 * Text that the cloud would have computed: plausible by the attribute's name, and the same on equal runs. Made-up names
 * contain "sim", addresses are from the ranges kept for documentation.
 */
import { createHash } from "node:crypto";
import type { Ctx, Obj, TypeFacts } from "../contract";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const UPPER_AND_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/** Templates may name attributes that are generated from templates; more than this is a circle. */
const MAX_DEPTH = 3;

export interface GeneratorInput {
  type: string;
  /** Seed of everything that is generated for the object. */
  key: string;
  /** The object so far; attributes that a template needs are filled in on the way. */
  object: Obj;
  ctx: Ctx;
  facts: (type: string) => TypeFacts;
}

export class Generator {
  constructor(private readonly input: GeneratorInput) {}

  /**
   * The value of a text attribute of the object itself.
   * @param optional the user could have set it: the cloud then mostly answers with nothing
   */
  text(name: string, optional: boolean, depth = 0): string {
    if (name === "arn") return this.arn(depth);
    if (name === "id") return this.id(depth);
    return this.prefixed(name) ?? this.innerText(name, optional);
  }

  /** The value of a text attribute inside a block or an object; the dotted path tells equal names apart. */
  innerText(path: string, optional: boolean): string {
    const { ctx, type } = this.input;
    const name = path.slice(path.lastIndexOf(".") + 1);
    const hash = this.hash(path);
    if (optional) return /_(id|arn)$/.test(name) ? "" : (byName(name, ctx, type, hash) ?? "");
    return this.ofOtherType(name, hash) ?? byName(name, ctx, type, hash) ?? `sim-${dashed(name)}-${hash.slice(0, 8)}`;
  }

  private id(depth: number): string {
    const template = this.input.facts(this.input.type).id;
    return template
      ? this.template(template, depth)
      : `${dashed(bareType(this.input.type))}-${this.hash("id").slice(0, 17)}`;
  }

  private arn(depth: number): string {
    const { ctx, type, facts } = this.input;
    const template = facts(type).arn ?? `${type.split("_")[1] ?? "sim"}:${dashed(bareType(type)) || "thing"}/{id}`;
    const [service = "", ...resource] = template.split(":");
    const name = service.replace(/-+$/, "");
    const dropped = service.length - name.length;
    const region = dropped > 0 ? "" : ctx.region;
    const account = dropped > 1 ? "" : ctx.account;
    return `arn:aws:${name}:${region}:${account}:${this.template(resource.join(":"), depth)}`;
  }

  private template(template: string, depth: number): string {
    return template.replace(/\{(\w+)\}/g, (_, word: string) => this.word(word, depth));
  }

  private word(word: string, depth: number): string {
    const hex = /^([hg])(\d+)$/.exec(word);
    if (hex) return this.hash(hex[1] === "h" ? "id" : "g").slice(0, Number(hex[2]));
    if (word === "uuid") return this.uuid();
    if (word === "N26") return this.chars("N", BASE32, 26);
    if (word === "s6") return this.chars("s", LETTERS, 6);
    const value = this.input.object[word];
    if ((typeof value === "string" && value !== "") || typeof value === "number") return String(value);
    if (depth > MAX_DEPTH) return this.hash(word).slice(0, 12);
    const text = this.text(word, false, depth + 1);
    this.input.object[word] = text;
    return text;
  }

  /** Names that a prefix starts. */
  private prefixed(name: string): string | undefined {
    const { object } = this.input;
    if (`${name}_prefix` in object) {
      const prefix = object[`${name}_prefix`];
      return `${typeof prefix === "string" && prefix !== "" ? prefix : "terraform-"}${this.digits(name, 26)}`;
    }
    return name.endsWith("_prefix") && name.slice(0, -"_prefix".length) in object ? "" : undefined;
  }

  /** Ids of objects whose type is known by the attribute's name. */
  private ofOtherType(name: string, hash: string): string | undefined {
    if (!name.endsWith("_id")) return undefined;
    const template = idTemplate(name.slice(0, -"_id".length), this.input.type, this.input.facts);
    return template?.replace(/\{h(\d+)\}/, (_, length: string) => hash.slice(0, Number(length)));
  }

  private uuid(): string {
    const h = this.hash("uuid");
    return [h.slice(0, 8), h.slice(8, 12), `4${h.slice(13, 16)}`, `a${h.slice(17, 20)}`, h.slice(20, 32)].join("-");
  }

  private digits(salt: string, count: number): string {
    return this.chars(`digits ${salt}`, "0123456789", count);
  }

  private chars(salt: string, alphabet: string, count: number): string {
    const bytes = createHash("sha512").update(`${this.input.key}|${salt}`).digest();
    return [...bytes.subarray(0, count)].map((byte) => alphabet[byte % alphabet.length]).join("");
  }

  private hash(salt: string): string {
    return createHash("sha256").update(`${this.input.key}|${salt}`).digest("hex");
  }
}

function bareType(type: string): string {
  return type.split("_").slice(1).join("_");
}

function dashed(name: string): string {
  return name.replaceAll("_", "-");
}

/** `default_security_group_id` looks like the id of a security group: the longest ending that names such a type wins. */
function idTemplate(words: string, type: string, facts: GeneratorInput["facts"]): string | undefined {
  const [provider = ""] = type.split("_");
  const parts = words.split("_");
  return parts
    .map((_, i) => facts([provider, ...parts.slice(i)].join("_")).id)
    .find((template) => template !== undefined && /^[a-z]+-\{h\d+\}$/.test(template));
}

/** Rules by the form of the name, the first that fits. */
function byName(name: string, ctx: Ctx, type: string, h: string): string | undefined {
  const byte = parseInt(h.slice(0, 2), 16);
  if (/(^|_)region$/.test(name)) return ctx.region;
  if (/^(owner_id|account_id|registry_id|catalog_id)$/.test(name)) return ctx.account;
  if (/(^|_)arn$/.test(name)) {
    return `arn:aws:sim:${ctx.region}:${ctx.account}:${dashed(name.replace(/_?arn$/, "")) || "thing"}/${h.slice(0, 12)}`;
  }
  if (/(^|_)(url|issuer)$/.test(name)) return `https://sim.${ctx.region}.example.com/${h.slice(0, 16)}`;
  if (/(^|_)(endpoint|address|dns_name|domain_name|public_dns|private_dns)$/.test(name)) {
    return `${h.slice(0, 8)}.${dashed(bareType(type))}.${ctx.region}.sim.amazonaws.example`;
  }
  if (name.endsWith("public_ip")) return `203.0.113.${(byte % 254) + 1}`;
  if (/(private_ip|ip_address)$/.test(name)) return `10.0.0.${(byte % 250) + 4}`;
  if (/(_at|_date|_time|timestamp)$/.test(name)) return "2024-01-01T00:00:00Z";
  if (/(status|state)$/.test(name)) return "ACTIVE";
  if (name === "availability_zone") return `${ctx.region}a`;
  if (name === "zone_id" || name === "hosted_zone_id") {
    return `Z${[...Buffer.from(h, "hex").subarray(0, 13)].map((b) => UPPER_AND_DIGITS[b % 36]).join("")}`;
  }
  if (name === "data") return Buffer.from(`sim ${h.slice(0, 24)}`).toString("base64");
  return /^tls_|policy$/.test(name) ? "{}" : undefined;
}
