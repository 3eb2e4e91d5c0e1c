/** Messages with placeholders, and the form in which a refusal of AWS reaches the user. */
import type { Diagnostic, Obj } from "../contract";
import { type Path, select } from "./paths";

/** Replaces `{name}` by the attribute of that name (dotted paths reach into blocks); an unset one leaves no trace. */
export function fillIn(template: string, attributes: Obj): string {
  return template.replace(/\{([\w.]+)\}/g, (_, path: string) =>
    select(attributes, path)
      .map(({ value }) => (typeof value === "string" || typeof value === "number" ? String(value) : ""))
      .join(", "),
  );
}

/** AWS says no: what was tried, and the code and message of the service. */
export function refusal(action: string, type: string, message: string, detail: string, path?: Path): Diagnostic {
  return { severity: "error", summary: `${action} ${type}: ${message}`, detail, ...(path ? { path } : {}) };
}
