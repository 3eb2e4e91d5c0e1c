/** cty values over msgpack: JavaScript natives, plus one marker for values that are not known yet. */
import { Decoder, Encoder, ExtensionCodec } from "@msgpack/msgpack";
import type { Obj, Value } from "../contract";

class Unknown {
  toString(): string {
    return "(unknown)";
  }
}

/** Stands for a value that Terraform does not know yet. */
export const UNKNOWN = new Unknown();

/** Extension types of the plugin protocol: 0 is an unknown value, 12 one with refinements. */
const PLAIN_UNKNOWN = 0;
const REFINED_UNKNOWN = 12;

function unknownCodec(): ExtensionCodec {
  const codec = new ExtensionCodec();
  codec.register({
    type: PLAIN_UNKNOWN,
    encode: (value) => (value instanceof Unknown ? new Uint8Array([0]) : null),
    decode: () => UNKNOWN,
  });
  // Refinements ("not null", "starts with sg-") only narrow an unknown value: dropping them is always allowed.
  codec.register({ type: REFINED_UNKNOWN, encode: () => null, decode: () => UNKNOWN });
  return codec;
}

const extensionCodec = unknownCodec();
const encoder = new Encoder({ extensionCodec });
const decoder = new Decoder({ extensionCodec });

/** The `DynamicValue` message: msgpack from Terraform, or JSON from an old state. */
export interface DynamicValue {
  msgpack?: Uint8Array;
  json?: Uint8Array;
}

export function decode(value: DynamicValue | null | undefined): Value {
  if (value?.msgpack?.length) return decoder.decode(value.msgpack);
  if (value?.json?.length) return JSON.parse(Buffer.from(value.json).toString("utf8"));
  return null;
}

/** Decodes a message that holds an object, or null for "no such object". */
export function decodeObject(value: DynamicValue | null | undefined): Obj | null {
  const decoded = decode(value);
  if (decoded === null) return null;
  if (!isObj(decoded)) throw new Error(`expected an object on the wire, got ${typeof decoded}`);
  return decoded;
}

export function encode(value: Value): { msgpack: Uint8Array } {
  return { msgpack: encoder.encode(value ?? null) };
}

/** True for objects, maps and blocks; false for lists, unknown values and raw bytes. */
export function isObj(value: Value): value is Obj {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Unknown) &&
    !(value instanceof Uint8Array)
  );
}

/** True when the value is unknown, or holds an unknown value at any depth. */
export function hasUnknown(value: Value): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isObj(value) && Object.values(value).some(hasUnknown);
}

/** Canonical text: equal for equal values, whatever the order of keys. Lists keep their order. */
export function canon(value: Value): string {
  if (value === UNKNOWN) return "?";
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return `[${value.map(canon).join(",")}]`;
  if (value instanceof Uint8Array) return `b${Buffer.from(value).toString("base64")}`;
  if (isObj(value)) {
    const fields = Object.keys(value)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canon(value[key])}`);
    return `{${fields.join(",")}}`;
  }
  return JSON.stringify(value);
}
