/** Writes the specification of a new app. */
import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../lib/errors";
import { readFile, writeFileAtomic } from "../lib/write";
import { appConstant, appFile, appInput, type NewApp, type NewService } from "./app-file";
import { withApp } from "./app-list";

/** One mistake in one line; empty when the app is valid. */
export type Validate = (input: ReturnType<typeof appInput>) => string[];

export interface CreatedApp {
  file: string;
  /** Whether the app was also added to the list; false when it was in it. */
  listed: boolean;
}

/**
 * Checks the app, writes `<folder>/<name>.ts` and adds it to `<folder>/index.ts`; both or neither.
 *
 * @throws UserError (exit 2) with every mistake, when the file exists, or when the folder cannot be written
 */
export function createApp(folder: string, app: NewApp, validate: Validate): CreatedApp {
  const mistakes = validate(appInput(app));
  if (mistakes.length > 0) throw new UserError(mistakes.join("\n"), 2);
  const file = path.join(folder, `${app.name}.ts`);
  const list = path.join(folder, "index.ts");
  const before = readFile(list);
  const after = withApp(before, app.name, appConstant(app.name));
  writeFileAtomic(file, appFile(app), { overwrite: false });
  try {
    if (after !== before) writeFileAtomic(list, after);
  } catch (error) {
    fs.rmSync(file);
    throw error;
  }
  return { file, listed: after !== before };
}

/**
 * Reads a service as it is written on the command line: `api:8080`, `web:3000=ghcr.io/acme/web:1.2`, `mailer` (no port:
 * a worker), each built from source unless an image follows.
 *
 * @throws UserError (exit 2) when it is written otherwise
 */
export function parseService(written: string): NewService {
  const match = /^([^:=]+)(?::(\d+))?(?:=(.+))?$/.exec(written.trim());
  if (!match?.[1]) {
    throw new UserError(
      `The service "${written}" is not understood; allowed: name:port, name:port=image or name for a worker; ` +
        `for example api:8080 or web:3000=ghcr.io/acme/web:1.2.`,
      2,
    );
  }
  const [, name, port, image] = match;
  return { name, port: port === undefined ? undefined : Number(port), image: image === "build" ? undefined : image };
}

/** Refuses a second service of the same name, which would silently replace the first. */
export function uniqueServices(services: readonly NewService[]): NewService[] {
  const names = services.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice) throw new UserError(`The service "${twice}" is given twice; give each service a name of its own.`, 2);
  return [...services];
}
