/**
 * How the world file keeps the values of secrets: AWS encrypts them, and a search of the file for a value that leaked must
 * not find the one place where it belongs.
 */
import { createCipheriv, createDecipheriv, createHash } from "node:crypto";

const CIPHER = "aes-256-ctr";

/** The simulated key of the account: it hides values from a search, not from a person. */
const keyOf = (account: string): Buffer => createHash("sha256").update(`key of ${account}`).digest();

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

export function seal(text: string, account: string): string {
  const start = Buffer.from(sha256(text), "hex").subarray(0, 16);
  const cipher = createCipheriv(CIPHER, keyOf(account), start);
  return Buffer.concat([start, cipher.update(text, "utf8"), cipher.final()]).toString("base64");
}

export function unseal(sealed: string, account: string): string {
  const bytes = Buffer.from(sealed, "base64");
  const decipher = createDecipheriv(CIPHER, keyOf(account), bytes.subarray(0, 16));
  return Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString("utf8");
}
