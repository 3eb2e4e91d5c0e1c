import type { Command } from "commander";
import { table } from "../lib/terminal";
import { outputsInWords } from "../setup/output-words";
import { type Quickstart, quickstart } from "../setup/quickstart";
import { createContext, findStack, loadProject } from "./context";
import { engines } from "./engines";
import { prepareSimulation } from "./simulation";

const HELP = `
Runs cdktf deploy against a simulated AWS, proves that a second plan is empty, and tears the stack down again. It needs
no account and no network, and leaves nothing behind. Exit code 2 when a tool is missing that it needs.

Example:
  npm run quickstart
`;

/** The stack that a newcomer sees first. */
const DEFAULT_STACK = "mvp";

export function configure(command: Command): void {
  command
    .argument("[stack]", "id of the stack", DEFAULT_STACK)
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action(async (stack: string, options: { json?: boolean }) => {
      const context = createContext(options);
      const { paths, env, reporter } = context;
      await prepareSimulation(context, ["node", "npm", "terraform"]);
      const project = await reporter.step("compile and check the apps", () => loadProject(context));
      findStack(project, stack);
      const result = await quickstart({ paths, stack, env, reporter, engines });
      context.print(options.json ? JSON.stringify(result, null, 2) : inWords(result));
    });
}

function inWords({ stack, stacks, resources, outputs, leftovers, steps }: Quickstart): string {
  const counts = Object.entries(resources);
  const total = counts.reduce((sum, [, number]) => sum + number, 0);
  const seconds = steps.reduce((sum, step) => sum + step.seconds, 0);
  return `
cdktf deploy ${stack} made ${total} resources on a simulated AWS:
${table(counts.map(([type, number]) => [String(number).padStart(3), type]))}

What the stack tells its user:
${outputsInWords(outputs)}

A second plan found nothing to do. The teardown took everything away and kept what holds data:
${leftovers.map(({ type, id }) => `  ${type} ${id}`).join("\n")}

AWS was simulated. The Terraform that ran is the real one, but nothing that it made exists,
nothing was billed, and its files are removed.
Stacks that were synthesized: ${stacks.join(", ")}. It took ${seconds.toFixed(0)} s.

Next:
  npm run -s tiers -- init           describe your own app
  npm run -s tiers -- check          see what its stacks come to
With AWS credentials in your shell, for the real account:
  npx cdktf deploy ${stack}
  npm run -s tiers -- teardown ${stack}
`.trim();
}
