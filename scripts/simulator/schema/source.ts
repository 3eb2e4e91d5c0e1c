/**
 * Reads the generated TypeScript behind an installed provider binding.
 *
 * Every `lib/<dir>/*.js` carries its original source in an inline source map. Only there does each attribute still have
 * the comment that tells Optional from Optional+Computed; the compiled files have lost it.
 */
import * as fs from "node:fs";
import * as path from "node:path";

/** One entry of a generated `...ToHclTerraform` function: how an argument is written. */
export interface HclEntry {
  /** What the mapper says about the argument being a block; undefined when there is no mapper. */
  mapperIsBlock: boolean | undefined;
  kind: string;
  storage: string;
  /** An absent field is written as null: an attribute in the form of a block, which needs all its fields. */
  nullFill: boolean;
}

/** One attribute or block of a generated class. */
export interface Member {
  name: string;
  computed: boolean;
  optional: boolean;
  required: boolean;
  body: string;
}

interface GeneratedClass {
  parent: string;
  members: Member[];
}

/** The classes and argument maps of one binding directory. */
export interface Source {
  /** By function name without its suffix, or `#<class>` for the map inside a resource class. */
  hcl: Map<string, Map<string, HclEntry>>;
  classes: Map<string, GeneratedClass>;
  /** The source of the files directly in the directory. */
  text: string;
}

const MAP_MARK = "sourceMappingURL=data:application/json;base64,";
const HCL_FUNCTION = /^export function (\w+)ToHclTerraform\([\s\S]*?\n\}\n/gm;
const CLASS = /^export class (\w+) extends ([\w.]+) \{[\s\S]*?\n\}\n/gm;
const MEMBER = /^ {2}\/\/ (\w+) - computed: (true|false), optional: (true|false), required: (true|false)$/gm;
const LOOSE_MEMBER = /\/\/ .* - computed: /g;
const HCL_ENTRY =
  /(\w+): \{\n\s+value: ([^\n]*),\n\s+isBlock: (?:true|false),\n\s+type: "(\w+)",\n\s+storageClassType: "(\w+)",/g;
const LOOSE_HCL_ENTRY = /\bstorageClassType: /g;

/** Reads one binding directory, with the sub-directories that large types are split into. */
export function readSource(dir: string): Source {
  const source: Source = { hcl: new Map(), classes: new Map(), text: "" };
  for (const file of jsFiles(dir)) {
    const text = originalSource(file);
    parse(text, source, file);
    if (path.dirname(file) === dir) source.text += text;
  }
  return source;
}

function jsFiles(dir: string): string[] {
  return fs
    .readdirSync(dir, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const full = path.join(dir, entry.name);
      if (entry.isDirectory()) return jsFiles(full);
      return entry.name.endsWith(".js") ? [full] : [];
    });
}

/**
 * The TypeScript that a generated file was compiled from.
 * @throws Error when the file has no inline source map.
 */
export function originalSource(file: string): string {
  const compiled = fs.readFileSync(file, "utf8");
  const start = compiled.lastIndexOf(MAP_MARK);
  if (start < 0) throw new Error(`${file}: no inline source map`);
  const json = Buffer.from(compiled.slice(start + MAP_MARK.length).trim(), "base64").toString("utf8");
  const original = (JSON.parse(json) as { sourcesContent?: string[] }).sourcesContent?.[0];
  if (!original) throw new Error(`${file}: source map without the source`);
  return original;
}

function parse(text: string, into: Source, file: string): void {
  for (const match of text.matchAll(HCL_FUNCTION)) into.hcl.set(match[1] ?? "", hclEntries(match[0], file));
  let members = 0;
  for (const match of text.matchAll(CLASS)) {
    const [body, name, parent] = match as unknown as [string, string, string];
    const found = membersOf(body);
    members += found.length;
    into.classes.set(name, { parent, members: found });
    const inner = body.indexOf("synthesizeHclAttributes()");
    if (inner >= 0) into.hcl.set(`#${name}`, hclEntries(body.slice(inner), file));
  }
  const marked = text.match(LOOSE_MEMBER)?.length ?? 0;
  if (marked !== members) throw new Error(`${file}: ${marked} attributes are marked, ${members} understood`);
}

function membersOf(body: string): Member[] {
  const marks = [...body.matchAll(MEMBER)];
  return marks.map((mark, i) => ({
    name: mark[1] ?? "",
    computed: mark[2] === "true",
    optional: mark[3] === "true",
    required: mark[4] === "true",
    body: body.slice(mark.index + mark[0].length, marks[i + 1]?.index ?? body.length),
  }));
}

function hclEntries(text: string, file: string): Map<string, HclEntry> {
  const entries = new Map<string, HclEntry>();
  for (const match of text.matchAll(HCL_ENTRY)) {
    const [, name, value, kind, storage] = match as unknown as [string, string, string, string, string];
    const mapper = /listMapperHcl\(\w+ToHclTerraform, (true|false)\)/.exec(value);
    entries.set(name, {
      mapperIsBlock: mapper ? mapper[1] === "true" : undefined,
      kind,
      storage,
      nullFill: value.includes("=== undefined ? null"),
    });
  }
  const written = text.match(LOOSE_HCL_ENTRY)?.length ?? 0;
  if (written !== entries.size)
    throw new Error(`${file}: ${written} arguments are written, ${entries.size} understood`);
  return entries;
}
