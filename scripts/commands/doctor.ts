import type { Command } from "commander";
import { doctorReport, examine } from "../setup/doctor";
import { createContext } from "./context";

const HELP = `
Exit code 0 when everything is there that the main job needs: checking, synthesizing and deploying stacks.

Example:
  tiers doctor
  tiers doctor --json | jq '.tools[] | select(.state != "ok")'
`;

export function configure(command: Command): void {
  command
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action(async (options: { json?: boolean }) => {
      const context = createContext(options);
      const health = await examine(context.env);
      context.print(options.json ? JSON.stringify(health, null, 2) : doctorReport(health));
      if (!health.ready) process.exitCode = 1;
    });
}
