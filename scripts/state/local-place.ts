/** A state in a file beside the project. */
import * as fs from "node:fs";
import * as path from "node:path";
import { copiesFolder, copiesIn } from "../../modules/terraform/state-copies";
import { asUserError, readIfThere, writeFileAtomic } from "../lib/write";
import { readDocument } from "./document";
import { holdFile } from "./local-lock";
import type { Hold, Place, Version } from "./place";

export class LocalPlace implements Place {
  readonly shown: string;
  readonly backend: Place["backend"];

  /**
   * @param file the state, as an absolute path
   * @param stack id of the stack, which names the folder of its copies
   * @param env the whole environment of Terraform
   */
  constructor(
    private readonly file: string,
    private readonly stack: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {
    this.shown = path.basename(file);
    this.backend = { local: { path: file } };
  }

  read(): Promise<string | undefined> {
    return Promise.resolve(readIfThere(this.file));
  }

  /**
   * A file that exists is overwritten, not replaced: a Terraform that waits for its lock has it open already, and would
   * go on with a file that has no name any more.
   */
  write(text: string): Promise<void> {
    if (fs.existsSync(this.file)) overwrite(this.file, text);
    else writeFileAtomic(this.file, text, { mode: 0o600 });
    return Promise.resolve();
  }

  async hold(work: string): Promise<Hold> {
    const found = readDocument(await this.read());
    // Nothing is there that Terraform could read, so there is nothing that it could lock either.
    return found.kind === "state" ? holdFile(this.file, found, work, this.env) : { release: () => Promise.resolve() };
  }

  versions(limit: number): Promise<Version[]> {
    const copies = copiesIn(copiesFolder(path.dirname(this.file), this.stack)).map(({ file, modified }) => ({
      id: path.basename(file),
      modified,
      current: false,
      read: () => Promise.resolve(fs.readFileSync(file, "utf8")),
    }));
    const now = fs.statSync(this.file, { throwIfNoEntry: false });
    const current = {
      id: this.shown,
      modified: now?.mtime ?? new Date(0),
      current: true,
      read: () => Promise.resolve(fs.readFileSync(this.file, "utf8")),
    };
    return Promise.resolve([...(now ? [current] : []), ...copies].slice(0, limit));
  }
}

function overwrite(file: string, text: string): void {
  try {
    const descriptor = fs.openSync(file, "r+");
    try {
      fs.writeSync(descriptor, text, 0);
      fs.ftruncateSync(descriptor, Buffer.byteLength(text));
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
  } catch (error) {
    throw asUserError(error, file);
  }
}
