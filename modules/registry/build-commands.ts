import type { ResolvedApp } from "../spec";

/** How a person builds one service's image: the folder, the Dockerfile and the stage, as one command line. */
export function buildCommands(services: ResolvedApp["services"]): Record<string, string> {
  const commands: Record<string, string> = {};
  for (const [service, { image }] of Object.entries(services)) {
    if (!("build" in image)) continue;
    const { context, dockerfile, target } = image.build;
    const stage = target === undefined ? "" : ` --target ${target}`;
    commands[service] = `docker build --file ${dockerfile}${stage} --tag <repository>:<git sha> ${context}`;
  }
  return commands;
}
