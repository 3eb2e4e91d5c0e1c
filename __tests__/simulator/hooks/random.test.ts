import { describe, expect, test } from "vitest";
import type { Obj } from "../../../scripts/simulator/contract";
import { creation, CTX, KNOWN, the } from "../facts/account";

describe("random values", () => {
  const draw = (type: string, config: Obj, seed = "one"): Obj =>
    the(KNOWN.hooks(type).apply?.({ ...creation(type, config), ctx: { ...CTX, seed } })).result;

  test("an id has the same bytes in every notation", () => {
    const id = draw("random_id", { byte_length: 40, prefix: "p-" });
    const hex = String(id.hex).slice(2);
    expect(hex).toMatch(/^[0-9a-f]{80}$/);
    expect(Buffer.from(String(id.id), "base64url").toString("hex")).toBe(hex);
    expect(id).toMatchObject({
      b64_std: `p-${Buffer.from(hex, "hex").toString("base64")}`,
      b64_url: `p-${String(id.id)}`,
      dec: `p-${BigInt(`0x${hex}`)}`,
    });
  });

  test("equal seeds give equal values, others do not", () => {
    const hex = (seed: string) => draw("random_id", { byte_length: 4 }, seed).hex;
    expect(hex("one")).toBe(hex("one"));
    expect(hex("one")).not.toBe(hex("two"));
  });

  test("a password has what it must have", () => {
    const config = { length: 24, min_upper: 3, min_numeric: 4, min_special: 5, override_special: "!", lower: true };
    const password = String(draw("random_password", config).result);
    expect(password).toHaveLength(24);
    expect(password.replace(/[^A-Z]/g, "").length).toBeGreaterThanOrEqual(3);
    expect(password.replace(/\D/g, "").length).toBeGreaterThanOrEqual(4);
    expect(password.replace(/[^!]/g, "").length).toBeGreaterThanOrEqual(5);
    expect(String(draw("random_password", { length: 30, special: false, upper: false }).result)).toMatch(
      /^[a-z0-9]{30}$/,
    );
  });

  test("a number is within its bounds", () => {
    for (const seed of ["a", "b", "c", "d"]) {
      const { result } = draw("random_integer", { min: 3, max: 5 }, seed);
      expect([3, 4, 5]).toContain(result);
    }
  });

  test("what was drawn stays", () => {
    const prior = { id: "x", hex: "00", byte_length: 1 };
    const kept = the(KNOWN.hooks("random_id").apply?.({ ...creation("random_id", {}), prior, result: prior }));
    expect(kept.result).toEqual(prior);
  });
});
