import type { Command } from "commander";

/** A file of this folder that describes one command. */
export interface CommandFile {
  /** Adds arguments, options, help and the action. */
  configure(command: Command): void;
}

export interface CommandEntry {
  readonly name: string;
  /** One line for `tiers --help`. */
  readonly summary: string;
  /** Loads the command's file; called only when the command is used, which keeps `tiers --help` fast. */
  load(): CommandFile;
}

/** Every command of `tiers`, in the order in which the help shows them. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "quickstart",
    summary: "deploy a stack to a simulated AWS and take it down again, to see what it makes",
    load: () => require("./quickstart") as CommandFile,
  },
  {
    name: "init",
    summary: "write the specification of a new app",
    load: () => require("./init") as CommandFile,
  },
  {
    name: "check",
    summary: "check every app and show its stacks",
    load: () => require("./check") as CommandFile,
  },
  {
    name: "synth",
    summary: "write the Terraform directory of every stack",
    load: () => require("./synth") as CommandFile,
  },
  {
    name: "simulate",
    summary: "run Terraform on a stack against a simulated AWS",
    load: () => require("./simulate") as CommandFile,
  },
  {
    name: "state",
    summary: "keep Terraform's states where they cannot be lost, and bring older ones back",
    load: () => require("./state") as CommandFile,
  },
  {
    name: "release",
    summary: "build and push images, run them on the host, and go back",
    load: () => require("./release") as CommandFile,
  },
  {
    name: "backup",
    summary: "show, make, check and restore the backups of a deployed stack",
    load: () => require("./backup") as CommandFile,
  },
  {
    name: "status",
    summary: "show how a deployed stack is: host, containers, disks, backups, alarms",
    load: () => require("./status") as CommandFile,
  },
  {
    name: "smoke",
    summary: "look whether a deployed app works, from here and on its host",
    load: () => require("./smoke") as CommandFile,
  },
  {
    name: "logs",
    summary: "show the logs of the containers, and follow them",
    load: () => require("./logs") as CommandFile,
  },
  {
    name: "exec",
    summary: "open a shell on the host or in a container, without SSH",
    load: () => require("./exec") as CommandFile,
  },
  {
    name: "tunnel",
    summary: "lead a port of this machine to the database, the cache or a service",
    load: () => require("./tunnel") as CommandFile,
  },
  {
    name: "secrets",
    summary: "show which secrets there are, give them new values",
    load: () => require("./secrets") as CommandFile,
  },
  {
    name: "ci",
    summary: "write the GitHub workflows that check and release an app",
    load: () => require("./ci") as CommandFile,
  },
  {
    name: "teardown",
    summary: "take a deployed stack away, keeping its data unless told otherwise",
    load: () => require("./teardown") as CommandFile,
  },
  {
    name: "doctor",
    summary: "show which tools are installed and what is missing",
    load: () => require("./doctor") as CommandFile,
  },
];
