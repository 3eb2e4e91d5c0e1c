/** The types of one installed provider binding, derived when asked for and kept on disk by package version. */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { writeFileAtomic } from "../../lib/write";
import { deriveType } from "./derive";
import type { TypeSchema } from "./types";

/** A provider package in node_modules. */
export interface Binding {
  /** Short name and type prefix: `aws`. */
  name: string;
  /** Terraform's source address: `hashicorp/aws`. */
  source: string;
  lib: string;
  version: string;
}

/** The provider bindings that are installed, sorted by name. */
export function installedBindings(nodeModules: string): Binding[] {
  const scope = path.join(nodeModules, "@cdktf");
  return fs
    .readdirSync(scope)
    .filter((dir) => dir.startsWith("provider-") && fs.existsSync(path.join(scope, dir, "lib/provider/index.js")))
    .sort()
    .map((dir) => readBinding(path.join(scope, dir)));
}

function readBinding(dir: string): Binding {
  const manifest = JSON.parse(fs.readFileSync(path.join(dir, "package.json"), "utf8")) as {
    version: string;
    cdktf?: { provider?: { name?: string } };
  };
  // `<registry>/<namespace>/<name>`, or without the registry.
  const address = manifest.cdktf?.provider?.name?.split("/").slice(-2);
  const name = address?.[1];
  if (!address || name === undefined) throw new Error(`${dir}: package.json does not name its provider`);
  return { name, source: address.join("/"), lib: path.join(dir, "lib"), version: manifest.version };
}

export class BindingLibrary {
  private readonly loaded = new Map<string, TypeSchema | undefined>();
  private readonly cache: string | undefined;

  /** @param cacheDir folder for derived schemas. @default nothing is kept */
  constructor(
    readonly binding: Binding,
    cacheDir?: string,
  ) {
    this.cache = cacheDir && path.join(cacheDir, `provider-${binding.name}-${binding.version}-${derivationVersion()}`);
  }

  provider(): TypeSchema {
    const schema = this.load("provider");
    if (!schema) throw new Error(`${this.binding.lib}: no provider`);
    return schema;
  }

  resource(type: string): TypeSchema | undefined {
    return this.find(type, "");
  }

  data(type: string): TypeSchema | undefined {
    return this.find(type, `data-${this.binding.name}-`);
  }

  /** Directories of all types, data sources included. */
  directories(): string[] {
    return fs
      .readdirSync(this.binding.lib)
      .filter((dir) => dir !== "provider" && fs.existsSync(path.join(this.binding.lib, dir, "index.js")))
      .sort();
  }

  /** Names of all types. Deriving every one of the AWS provider takes seconds when none is kept on disk. */
  types(): { resources: string[]; data: string[] } {
    const named = (directories: string[]): string[] => directories.flatMap((dir) => this.load(dir)?.type ?? []);
    const isData = (dir: string): boolean => dir.startsWith(`data-${this.binding.name}-`);
    const all = this.directories();
    return { resources: named(all.filter((dir) => !isData(dir))), data: named(all.filter(isData)) };
  }

  private find(type: string, dirPrefix: string): TypeSchema | undefined {
    if (!type.startsWith(`${this.binding.name}_`)) return undefined;
    const bare = type.slice(this.binding.name.length + 1).replaceAll("_", "-");
    // A name that TypeScript or JavaScript has already gets a suffix: random_string lives in string-resource.
    for (const dir of [`${dirPrefix}${bare}`, `${dirPrefix}${bare}-resource`]) {
      const schema = this.load(dir);
      if (schema?.type === type) return schema;
    }
    return undefined;
  }

  private load(dir: string): TypeSchema | undefined {
    if (!this.loaded.has(dir)) this.loaded.set(dir, this.fromCache(dir) ?? this.derive(dir));
    return this.loaded.get(dir);
  }

  private derive(dir: string): TypeSchema | undefined {
    if (!fs.existsSync(path.join(this.binding.lib, dir, "index.js"))) return undefined;
    const schema = deriveType(this.binding.lib, dir);
    if (this.cache) writeFileAtomic(path.join(this.cache, `${dir}.json`), JSON.stringify(schema));
    return schema;
  }

  private fromCache(dir: string): TypeSchema | undefined {
    if (!this.cache) return undefined;
    try {
      return JSON.parse(fs.readFileSync(path.join(this.cache, `${dir}.json`), "utf8")) as TypeSchema;
    } catch {
      return undefined; // not there yet, or not readable: derived again
    }
  }
}

/** Changes with the code that derives, so that no schema of an older derivation is ever read. */
function derivationVersion(): string {
  const hash = createHash("sha256");
  for (const file of fs.readdirSync(__dirname).sort()) hash.update(fs.readFileSync(path.join(__dirname, file)));
  return hash.digest("hex").slice(0, 12);
}
