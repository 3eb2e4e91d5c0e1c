/**
 * Entry of the simulator's process. Takes its settings as one JSON argument, prints one JSON line when it is ready, and
 * ends when its standard input closes, which happens at the latest with the process that started it.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout } from "node:timers/promises";
import { UserError } from "../lib/errors";
import { withLock } from "../lib/lock";
import { projectPaths, projectRoot } from "../lib/paths";
import { knowledge } from "./facts";
import { FaultInjector } from "./faults/injector";
import { killTerraform } from "./faults/terraform-process";
import { installedBindings } from "./schema/library";
import { ScopeScanner } from "./scope";
import { serve } from "./serve";
import type { ServerReport, ServerSettings } from "./settings";
import { WORLD_FILE, WorldFile } from "./world";

async function main(settings: ServerSettings): Promise<void> {
  const root = projectRoot();
  const logFile = path.join(settings.dir, "simulator.log");
  const log = (line: string): void => fs.appendFileSync(logFile, `${new Date().toISOString()} ${line}\n`);
  const world = new WorldFile(path.join(settings.dir, WORLD_FILE), settings.account);
  const lock = path.join(settings.dir, "simulator.lock");
  await withLock(lock, `The simulated account in ${path.relative(process.cwd(), settings.dir)}`, async () => {
    world.refresh();
    const scanner = new ScopeScanner(settings.scopes);
    const served = await serve({
      bindings: installedBindings(path.join(root, "node_modules")),
      knowledge: knowledge({ fixturesFile: settings.fixturesFile }),
      world,
      scope: () => scanner.scan(),
      cacheDir: path.join(projectPaths(root).cache, "simulator"),
      seed: settings.seed,
      faults: faultsOf(settings, log),
      log,
    });
    // Listens before it says so: Ctrl-C may come right after.
    const stopped = stopRequested();
    report({ reattach: served.reattach, pid: process.pid });
    await stopped;
    served.close();
  });
}

function faultsOf({ faults, dir }: ServerSettings, log: (line: string) => void): FaultInjector | undefined {
  if (faults.length === 0) return undefined;
  const host = {
    sleep: (ms: number) => setTimeout(ms),
    die: () => void process.kill(process.pid, "SIGKILL"),
    killTerraform: () => killTerraform(dir),
  };
  return new FaultInjector({ faults, dir, host, log });
}

/** Ctrl-C of a terminal is left to the parent, which stops this process when Terraform has ended. */
function stopRequested(): Promise<void> {
  return new Promise((resolve) => {
    process.on("SIGTERM", () => resolve());
    process.on("SIGINT", () => undefined);
    process.stdin.on("end", resolve).on("error", () => resolve());
    process.stdin.resume();
  });
}

function report(line: ServerReport): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

main(JSON.parse(process.argv[2] ?? "{}") as ServerSettings).then(
  () => process.exit(0),
  (failure: unknown) => {
    const message = failure instanceof Error ? failure.message : String(failure);
    report({ failure: message, exitCode: failure instanceof UserError ? failure.exitCode : 1 });
    process.exitCode = 1;
  },
);
