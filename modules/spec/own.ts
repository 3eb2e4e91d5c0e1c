/** The entry of a collection by name, never something that every object inherits, such as "constructor". */
export const own = <T>(collection: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(collection, name) ? collection[name] : undefined;
