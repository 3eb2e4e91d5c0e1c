/** The world file: one simulated account, shared by all providers of a run, readable and editable by hand. */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { writeFileAtomic } from "../lib/write";
import type { World, WorldObject } from "./contract";
import { isObj } from "./wire/value";

/** An object with the key that ties it to the state that created it. */
export interface StoredObject extends WorldObject {
  /** Seed of everything generated for the object; unique in the world. */
  key: string;
}

interface WorldJson {
  note: string;
  account: string;
  objects: (WorldObject & { key?: string })[];
  reserved: Record<string, string>;
  /** Types of data sources that were read: a state may still name them. */
  dataTypes: string[];
  /** Keys of the fixtures' objects that were imported. */
  imported: string[];
  /** How often a key was issued for a configuration, by the configuration's first key. */
  issued: Record<string, number>;
}

const NOTE = "A simulated AWS account: nothing in it is real. Edit it to try drift, remove an object to try a loss.";

/** Name of the file in the simulator's folder. */
export const WORLD_FILE = "world.json";

/** Region of objects whose type has none. */
export const GLOBAL = "global";

export class WorldFile implements World {
  readonly reserved = new Map<string, string>();
  readonly dataTypes = new Set<string>();
  private readonly imported = new Set<string>();
  private readonly issued = new Map<string, number>();
  private objects = new Map<string, StoredObject>();
  private byType = new Map<string, StoredObject[]>();
  private seen = "";

  constructor(
    readonly file: string,
    readonly account: string,
  ) {}

  /**
   * Reads the file when somebody else changed it since the last time.
   * @throws Error when the file is no world file, or that of another account.
   */
  refresh(): void {
    const mark = fileMark(this.file);
    if (mark === this.seen) return;
    const json = mark === "" ? undefined : readWorld(this.file);
    if (json?.account !== undefined && json.account !== this.account) {
      throw new Error(`The world file ${this.file} is of account ${json.account}, not ${this.account}.`);
    }
    this.objects = new Map(json?.objects.map(withKey).map((object) => [object.key, object]));
    replaceAll(this.reserved, Object.entries(json?.reserved ?? {}));
    replaceAll(this.issued, Object.entries(json?.issued ?? {}));
    refill(this.dataTypes, json?.dataTypes ?? []);
    refill(this.imported, json?.imported ?? []);
    this.index();
    this.seen = mark;
  }

  all(): StoredObject[] {
    return [...this.objects.values()];
  }

  ofType(type: string): StoredObject[] {
    return this.byType.get(type) ?? [];
  }

  get(type: string, id: string, region?: string): StoredObject | undefined {
    return this.ofType(type).find((o) => o.id === id && (region === undefined || o.region === region));
  }

  byKey(key: string): StoredObject | undefined {
    return this.objects.get(key);
  }

  /**
   * The next key for this configuration, which no object has or had in this world: twins, and an object made again after
   * it was destroyed, differ. Equal worlds give equal keys.
   */
  nextKey(configuration: string): string {
    return keyOfGeneration(configuration, this.nextGeneration(configuration));
  }

  /**
   * Adds or replaces an object.
   * @param configuration what the key of a new object was made from: its key is never given out again
   */
  put(object: StoredObject, configuration?: string): void {
    if (configuration !== undefined) {
      this.issued.set(keyOfGeneration(configuration, 0), this.nextGeneration(configuration) + 1);
    }
    this.objects.set(object.key, object);
    this.index();
    this.save();
  }

  remove(key: string): void {
    this.objects.delete(key);
    this.index();
    this.save();
  }

  add(object: WorldObject): void {
    this.put({ ...object, key: keyOf(object) });
  }

  wasImported(object: WorldObject): boolean {
    return this.imported.has(keyOf(object));
  }

  /** Takes over an object of the fixtures. */
  takeOver(object: WorldObject): StoredObject {
    const stored = { ...object, key: keyOf(object) };
    this.imported.add(stored.key);
    this.put(stored);
    return stored;
  }

  drop(type: string, id: string): void {
    for (const object of this.ofType(type)) if (object.id === id) this.remove(object.key);
  }

  addDataType(type: string): void {
    if (this.dataTypes.has(type)) return;
    this.dataTypes.add(type);
    this.save();
  }

  save(): void {
    const json: WorldJson = {
      note: NOTE,
      account: this.account,
      objects: this.all().sort(byTypeRegionId),
      reserved: sorted(this.reserved),
      dataTypes: [...this.dataTypes].sort(compare),
      imported: [...this.imported].sort(compare),
      issued: sorted(this.issued),
    };
    writeFileAtomic(this.file, `${JSON.stringify(json, null, 1)}\n`);
    this.seen = fileMark(this.file);
  }

  /** A world that was edited by hand may hold keys that were not counted. */
  private nextGeneration(configuration: string): number {
    let generation = this.issued.get(keyOfGeneration(configuration, 0)) ?? 0;
    while (this.objects.has(keyOfGeneration(configuration, generation))) generation += 1;
    return generation;
  }

  private index(): void {
    this.byType = new Map();
    for (const object of this.objects.values()) {
      const list = this.byType.get(object.type);
      if (list) list.push(object);
      else this.byType.set(object.type, [object]);
    }
  }
}

/**
 * The objects of a world file; none when the file is not there.
 * @throws Error when it is no world file.
 */
export function readWorldObjects(file: string): WorldObject[] {
  return fs.existsSync(file) ? readWorld(file).objects : [];
}

/**
 * The same objects with their keys.
 * @throws Error when it is no world file.
 */
export function readStoredObjects(file: string): StoredObject[] {
  return fs.existsSync(file) ? readWorld(file).objects.map(withKey) : [];
}

function withKey(object: WorldObject & { key?: string }): StoredObject {
  return { ...object, key: object.key ?? keyOf(object) };
}

function readWorld(file: string): WorldJson {
  let json: unknown;
  try {
    json = JSON.parse(fs.readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`The world file ${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  if (!isObj(json) || !Array.isArray(json.objects)) throw new Error(`The world file ${file} has no list "objects".`);
  json.objects.forEach((object, i) => requireObject(object, `${file}: objects[${i}]`));
  requireCounts(json.issued ?? {}, file);
  return json as unknown as WorldJson;
}

function requireObject(object: unknown, where: string): void {
  const fields = isObj(object) ? object : {};
  for (const field of ["type", "id", "region"]) {
    if (typeof fields[field] !== "string")
      throw new Error(`The world file is wrong at ${where}: "${field}" must be text.`);
  }
  if (!isObj(fields.attributes))
    throw new Error(`The world file is wrong at ${where}: "attributes" must be an object.`);
}

function requireCounts(issued: unknown, file: string): void {
  const counts = isObj(issued) ? Object.values(issued) : [undefined];
  if (!counts.every((count) => Number.isSafeInteger(count)))
    throw new Error(`The world file is wrong at ${file}: "issued" must be an object of whole numbers.`);
}

/** An object that was written by hand has no key; its name is as good. */
function keyOf(object: WorldObject): string {
  return sha256(`${object.type}|${object.region}|${object.id}`);
}

/** Whether no Terraform run made the object. */
export function isHandWritten(object: StoredObject): boolean {
  return object.key === keyOf(object);
}

function keyOfGeneration(configuration: string, generation: number): string {
  return sha256(generation === 0 ? configuration : `${configuration}#${generation}`);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function fileMark(file: string): string {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  return stat ? `${stat.mtimeMs}/${stat.size}/${stat.ino}` : "";
}

function replaceAll<T>(map: Map<string, T>, entries: [string, T][]): void {
  map.clear();
  for (const [key, value] of entries) map.set(key, value);
}

function refill(set: Set<string>, values: string[]): void {
  set.clear();
  for (const value of values) set.add(value);
}

function sorted<T>(map: ReadonlyMap<string, T>): Record<string, T> {
  return Object.fromEntries([...map].sort(([a], [b]) => compare(a, b)));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function byTypeRegionId(a: StoredObject, b: StoredObject): number {
  return compare(a.type, b.type) || compare(a.region, b.region) || compare(a.id, b.id) || compare(a.key, b.key);
}
