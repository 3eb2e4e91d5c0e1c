/** Values that are drawn once and kept. */
import { createHash } from "node:crypto";
import type { ApplyInput, Obj } from "../contract";
import type { Hooks } from "./service";

export const RANDOM_HOOKS: Hooks = {
  random_id: { apply: drawId },
  random_password: { apply: (input) => (input.prior ? { result: input.result } : drawPassword(input)) },
  random_string: { apply: (input) => (input.prior ? { result: input.result } : drawText(input)) },
  random_integer: { apply: drawInteger },
};

/** As many bytes as wanted, the same for the same seed. */
function bytes(count: number, seed: string): Buffer {
  const blocks = Array.from({ length: Math.ceil(count / 32) }, (_, i) =>
    createHash("sha256").update(`${seed}|${i}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, count);
}

function drawId({ prior, result, ctx }: ApplyInput): { result: Obj } {
  if (prior) return { result };
  const drawn = bytes(Number(result.byte_length), `${ctx.seed}|id`);
  const prefix = typeof result.prefix === "string" ? result.prefix : "";
  return {
    result: {
      ...result,
      id: drawn.toString("base64url"),
      b64_std: prefix + drawn.toString("base64"),
      b64_url: prefix + drawn.toString("base64url"),
      dec: prefix + BigInt(`0x${drawn.toString("hex")}`).toString(),
      hex: prefix + drawn.toString("hex"),
    },
  };
}

const KINDS = {
  lower: "abcdefghijklmnopqrstuvwxyz",
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  numeric: "0123456789",
  special: "!@#$%&*()-_=+[]{}<>:?",
};

/** Each kind of character at least as often as asked for, the rest from all kinds. */
function draw({ result, ctx }: ApplyInput): string {
  const special = typeof result.override_special === "string" ? result.override_special : KINDS.special;
  const alphabets = Object.entries({ ...KINDS, special }).filter(([kind]) => result[kind] !== false);
  const wanted = alphabets.flatMap(([kind, letters]) =>
    Array<string>(Number(result[`min_${kind}`] ?? 0)).fill(letters),
  );
  const all = alphabets.map(([, letters]) => letters).join("");
  const length = Number(result.length);
  const pool = [...wanted, ...Array<string>(Math.max(0, length - wanted.length)).fill(all)];
  const noise = bytes(2 * pool.length, `${ctx.seed}|text`);
  return pool
    .map((letters, i) => ({
      letter: letters.charAt(noise.readUInt8(i) % letters.length),
      order: noise.readUInt8(pool.length + i),
    }))
    .sort((a, b) => a.order - b.order)
    .map(({ letter }) => letter)
    .join("");
}

function drawPassword(input: ApplyInput): { result: Obj } {
  const hash = createHash("sha256").update(`${input.ctx.seed}|bcrypt`).digest("base64").replace(/[+=]/g, ".");
  return { result: { ...input.result, result: draw(input), bcrypt_hash: `$2a$10$${hash}..........`.slice(0, 60) } };
}

function drawText(input: ApplyInput): { result: Obj } {
  const drawn = draw(input);
  return { result: { ...input.result, result: drawn, id: drawn } };
}

function drawInteger({ prior, result, ctx }: ApplyInput): { result: Obj } {
  if (prior) return { result };
  const [low, high] = [Number(result.min), Number(result.max)];
  const drawn = low + (bytes(6, `${ctx.seed}|integer`).readUIntBE(0, 6) % (high - low + 1));
  return { result: { ...result, result: drawn, id: String(drawn) } };
}
