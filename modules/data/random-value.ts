import type { Construct } from "constructs";
import type { Secret } from "../spec";
import { ephemeralPassword, type PasswordSettings } from "./ephemeral-password";

/** How an encoding is made of random characters. */
interface Recipe {
  readonly settings: (bytes: number) => PasswordSettings;
  /** Terraform expression over that of the characters. */
  readonly encode: (characters: string) => string;
}

const characters = (bytes: number): PasswordSettings => ({ length: bytes, special: true });
const base64 = (text: string): string => `base64encode(${text})`;

/**
 * Terraform has no random bytes that it forgets, so a value of n bytes is made of n random letters, digits and signs (6.3
 * bits each): base64 of 32 has 200 bits. Hexadecimal digits are drawn directly and have their full 4 bits.
 */
const RECIPES: Readonly<Record<Secret["encoding"], Recipe>> = {
  base64: { settings: characters, encode: base64 },
  base64url: {
    settings: characters,
    encode: (text) => `replace(replace(replace(${base64(text)}, "+", "-"), "/", "_"), "=", "")`,
  },
  hex: {
    settings: (bytes) => ({ length: 2 * bytes, upper: false, lower: false, special: true, override_special: "abcdef" }),
    encode: (text) => text,
  },
};

/**
 * Draws a value of so many random bytes that Terraform forgets.
 *
 * @param id child of `scope`
 * @returns the expression of the encoded value, without braces; ephemeral, so it may go into one write-only argument only
 */
export function randomValue(
  scope: Construct,
  id: string,
  { bytes, encoding }: Pick<Secret, "bytes" | "encoding">,
): string {
  const { settings, encode } = RECIPES[encoding];
  return encode(ephemeralPassword(scope, id, settings(bytes)));
}
