/** Finds the types that configurations and states name, so that only their schemas are derived and sent. */
import * as fs from "node:fs";
import * as path from "node:path";

export interface TypesInUse {
  resources: Set<string>;
  data: Set<string>;
  ephemeral: Set<string>;
}

type Names = Record<keyof TypesInUse, string[]>;

/** Scans directories again and again; a file that did not change is read once. */
export class ScopeScanner {
  private readonly scanned = new Map<string, Names & { mark: string }>();

  constructor(private readonly directories: string[]) {}

  scan(): TypesInUse {
    const found: TypesInUse = { resources: new Set(), data: new Set(), ephemeral: new Set() };
    for (const file of this.directories.flatMap(configurationsAndStates)) {
      const types = this.read(file);
      for (const type of types.resources) found.resources.add(type);
      for (const type of types.data) found.data.add(type);
      for (const type of types.ephemeral) found.ephemeral.add(type);
    }
    return found;
  }

  private read(file: string): Names {
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    const mark = stat ? `${stat.mtimeMs}/${stat.size}/${stat.ino}` : "";
    const known = this.scanned.get(file);
    if (known?.mark === mark) return known;
    const types = { mark, ...typesIn(file) };
    this.scanned.set(file, types);
    return types;
  }
}

function configurationsAndStates(dir: string): string[] {
  if (!fs.existsSync(dir)) return [];
  return fs.readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(dir, entry.name);
    if (entry.isDirectory())
      return entry.name === ".terraform" || entry.name === "node_modules" ? [] : configurationsAndStates(full);
    return entry.name.endsWith(".tf.json") || entry.name.endsWith(".tfstate") ? [full] : [];
  });
}

/** What cannot be parsed names no types: Terraform itself reports the broken file. */
function typesIn(file: string): Names {
  let json: unknown;
  try {
    json = JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    return { resources: [], data: [], ephemeral: [] };
  }
  return file.endsWith(".tfstate") ? typesInState(json) : typesInConfiguration(json);
}

function typesInConfiguration(json: unknown): Names {
  // Terraform accepts an object or a list of objects at every level.
  const named = (key: string): string[] =>
    objects(json)
      .flatMap((top) => objects(top[key]))
      .flatMap(Object.keys);
  return { resources: named("resource"), data: named("data"), ephemeral: named("ephemeral") };
}

function typesInState(json: unknown): Names {
  const named = (mode: string): string[] =>
    objects(json)
      .flatMap((top) => objects(top.resources))
      .filter((resource) => resource.mode === mode && typeof resource.type === "string")
      .map((resource) => resource.type as string);
  return { resources: named("managed"), data: named("data"), ephemeral: [] };
}

function objects(value: unknown): Record<string, unknown>[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((v): v is Record<string, unknown> => typeof v === "object" && v !== null);
}
