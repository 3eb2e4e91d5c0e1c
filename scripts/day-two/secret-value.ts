/** Values of secrets: made, and looked at before they are stored. */
import { randomBytes } from "node:crypto";
import type { Secret } from "../../modules/spec";

/** Bytes that a parameter of the standard tier holds; Secrets Manager takes more. */
const PARAMETER_BYTES = 4096;
const MANAGED_BYTES = 65_536;

/** A new value, made as the host makes one. */
export const generateValue = ({ bytes, encoding }: Pick<Secret, "bytes" | "encoding">): string =>
  randomBytes(bytes).toString(encoding);

/** A value that came from a file or a pipe: the line break at its end is the file's, not the value's. */
export const withoutLineEnd = (text: string): string => text.replace(/\r?\n$/, "");

/**
 * Why a value cannot be stored or handed to a container; undefined when it can. The text never holds the value.
 *
 * @param standsInEnvironment - whether a container gets it as it is, in a line of an environment file
 */
export function valueProblem(
  value: string,
  { store }: Pick<Secret, "store">,
  standsInEnvironment: boolean,
): string | undefined {
  if (value === "") return "it is empty";
  if (value.includes("\0")) return "it holds a zero byte";
  const [bytes, most] = [Buffer.byteLength(value), store === "ssm" ? PARAMETER_BYTES : MANAGED_BYTES];
  if (bytes > most) return `it has ${bytes} bytes; the store takes ${most}`;
  if (!standsInEnvironment) return undefined;
  if (/[\r\n]/.test(value))
    return "it has a line break, which a container's environment cannot carry; store it in base64";
  if (/\\$|\\'/.test(value)) {
    return "it has a backslash at its end or before a single quote, which a container's environment cannot carry; store it in base64";
  }
  return undefined;
}
