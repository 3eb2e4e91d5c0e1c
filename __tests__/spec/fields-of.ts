import { z } from "zod";
import { unwrap } from "../../modules/spec/guide";

/** A field of the specification: "services.*.volumes[].path", where * is any name. */
export interface SchemaField {
  readonly path: string;
  readonly schema: z.core.$ZodType;
}

/** Every field of a schema with the fields below it; entries of lists and of collections by name count as fields. */
export function fieldsOf(schema: z.core.$ZodType, path = ""): SchemaField[] {
  const inner = unwrap(schema);
  const step = (at: string, child: z.core.$ZodType): SchemaField[] => [
    { path: at, schema: child },
    ...fieldsOf(child, at),
  ];
  if (inner instanceof z.ZodObject) {
    return Object.entries(inner.shape as Record<string, z.core.$ZodType>).flatMap(([name, child]) =>
      step(path === "" ? name : `${path}.${name}`, child),
    );
  }
  if (inner instanceof z.ZodRecord) return step(`${path}.*`, inner.valueType);
  if (inner instanceof z.ZodArray) return step(`${path}[]`, inner.element);
  if (inner instanceof z.ZodUnion) return inner.options.flatMap((option) => fieldsOf(option, path));
  return [];
}

/** Whether a path of a report, such as "services.api.volumes[0].path", is about a field. */
export function isPathOf(field: string, path: string): boolean {
  const pattern = field.replaceAll(".", "\\.").replaceAll("[]", "\\[\\d+\\]").replaceAll("*", "[^.[]+");
  return new RegExp(`^${pattern}$`).test(path);
}
