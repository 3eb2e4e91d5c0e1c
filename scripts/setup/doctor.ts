/** Examines which tools are there, which are too old, and how to get what is missing. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { table } from "../lib/terminal";
import { terraformBinary } from "../lib/terraform";
import { compareVersions, findOnPath, versionOf } from "../lib/tools";

interface Tool {
  name: string;
  /** What it is needed for. */
  purpose: string;
  /** Whether checking, synthesizing and deploying stacks need it. */
  required: boolean;
  /** Ranges of versions that work: at least `from`, and below `below`. @default - every version */
  versions?: { from: string; below?: string }[];
  /** Arguments that print the version. @default ["--version"] */
  args?: string[];
  /** The file to ask, when it is not the command of that name. */
  file?: (env: NodeJS.ProcessEnv) => string | undefined;
  install: { debian: string; macos: string };
}

/** Node versions of the package's `engines`, and the Terraform that the stacks require. */
const TOOLS: readonly Tool[] = [
  {
    name: "node",
    purpose: "runs tiers and cdktf",
    required: true,
    versions: [
      { from: "20.19.0", below: "21" },
      { from: "22.13.0", below: "23" },
    ],
    file: () => process.execPath,
    install: {
      debian: "curl -fsSL https://deb.nodesource.com/setup_22.x | sudo bash - && sudo apt-get install -y nodejs",
      macos: "brew install node@22",
    },
  },
  {
    name: "npm",
    purpose: "installs the project's packages",
    required: true,
    versions: [{ from: "10" }],
    install: { debian: "comes with nodejs of deb.nodesource.com", macos: "comes with node@22" },
  },
  {
    name: "terraform",
    purpose: "plans and applies the stacks",
    required: true,
    versions: [{ from: "1.11.0" }],
    args: ["version"],
    file: terraformFile,
    install: {
      debian: "https://developer.hashicorp.com/terraform/install#linux (HashiCorp's apt repository)",
      macos: "brew install hashicorp/tap/terraform",
    },
  },
  {
    name: "git",
    purpose: "keeps your specification's history; names images by their commit (tiers release)",
    required: false,
    install: { debian: "sudo apt-get install -y git", macos: "xcode-select --install" },
  },
  {
    name: "python3",
    purpose: "runs the AWS stand-in of npm test",
    required: false,
    versions: [{ from: "3.9" }],
    install: { debian: "sudo apt-get install -y python3 python3-venv", macos: "brew install python" },
  },
  {
    name: "docker",
    purpose: "builds and pushes images (tiers release), rehearses the host on this machine",
    required: false,
    versions: [{ from: "24" }],
    install: { debian: "https://docs.docker.com/engine/install/debian", macos: "brew install --cask docker" },
  },
  {
    name: "docker buildx",
    purpose: "lets Docker build images for the host's processor (tiers release build)",
    required: false,
    args: ["buildx", "version"],
    file: (env) => findOnPath("docker", env),
    install: { debian: "sudo apt-get install -y docker-buildx-plugin", macos: "comes with Docker Desktop" },
  },
  {
    name: "podman",
    purpose: "builds and pushes images where there is no Docker",
    required: false,
    versions: [{ from: "4" }],
    install: { debian: "sudo apt-get install -y podman", macos: "brew install podman" },
  },
  {
    name: "docker compose",
    purpose: "rehearses the host on this machine",
    required: false,
    versions: [{ from: "2.20" }],
    args: ["compose", "version"],
    file: (env) => findOnPath("docker", env),
    install: { debian: "sudo apt-get install -y docker-compose-plugin", macos: "comes with Docker Desktop" },
  },
  {
    name: "session-manager-plugin",
    purpose: "opens shells and ports on the host without SSH (tiers exec, tiers tunnel)",
    required: false,
    install: {
      debian: "https://docs.aws.amazon.com/systems-manager/latest/userguide/install-plugin-debian-and-ubuntu.html",
      macos: "brew install --cask session-manager-plugin",
    },
  },
  {
    name: "go",
    purpose: "lets npm run judges check Compose files with Compose's own code",
    required: false,
    versions: [{ from: "1.22" }],
    args: ["version"],
    install: { debian: "sudo apt-get install -y golang-go", macos: "brew install go" },
  },
];

export interface ToolHealth {
  name: string;
  purpose: string;
  required: boolean;
  /** "unknown" when it is there but does not tell its version. */
  state: "ok" | "missing" | "wrong version" | "unknown";
  version?: string;
  /** Versions that work, in words. */
  needs: string;
  install: Tool["install"];
}

export interface Health {
  /** Whether every required tool is there in a version that works. */
  ready: boolean;
  tools: ToolHealth[];
}

/** Looks at every tool on PATH. @param which "required" leaves the optional ones out. @default "all" */
export async function examine(env: NodeJS.ProcessEnv, which: "all" | "required" = "all"): Promise<Health> {
  const asked = TOOLS.filter(({ required }) => required || which === "all");
  // Some tools write statistics of their use into the user's settings when they are only asked for their version.
  const settings = fs.mkdtempSync(path.join(os.tmpdir(), "tiers-doctor-"));
  try {
    const probeEnv = { ...env, XDG_CONFIG_HOME: settings };
    const tools = await Promise.all(asked.map((tool) => examineTool(tool, probeEnv)));
    return { ready: tools.every(({ required, state }) => !required || state === "ok"), tools };
  } finally {
    fs.rmSync(settings, { recursive: true, force: true });
  }
}

async function examineTool(tool: Tool, env: NodeJS.ProcessEnv): Promise<ToolHealth> {
  const { name, purpose, required, install, versions = [] } = tool;
  const needs = versions.map(({ from, below }) => `${from} or later${below ? ` below ${below}` : ""}`).join(", or ");
  const base = { name, purpose, required, needs: needs || "any version", install };
  const file = tool.file ? tool.file(env) : findOnPath(name, env);
  if (file === undefined) return { ...base, state: "missing" };
  const version = await versionOf(file, tool.args ?? ["--version"], env);
  // A plugin that is absent makes its host command fail, so it counts as missing.
  if (version === undefined) return { ...base, state: name.includes(" ") ? "missing" : "unknown" };
  const works = versions.length === 0 || versions.some((range) => isWithin(version, range));
  return { ...base, state: works ? "ok" : "wrong version", version };
}

/** The Terraform that commands would run, or undefined. */
function terraformFile(env: NodeJS.ProcessEnv): string | undefined {
  try {
    return terraformBinary(env);
  } catch {
    return undefined;
  }
}

function isWithin(version: string, { from, below }: { from: string; below?: string }): boolean {
  return compareVersions(version, from) >= 0 && (below === undefined || compareVersions(version, below) < 0);
}

/** The examination in words: every tool, then how to get what is not there. */
export function doctorReport({ ready, tools }: Health): string {
  const rows = tools.map((tool) => [
    tool.state === "ok" ? "ok" : tool.required ? "MISSING" : "-",
    tool.name,
    tool.version ?? "",
    tool.state === "ok" ? tool.purpose : `${tool.state}; needs ${tool.needs}; ${tool.purpose}`,
  ]);
  const absent = tools.filter(({ state }) => state !== "ok");
  const advice = absent.map(
    ({ name, install }) => `${name}\n  Debian, Ubuntu: ${install.debian}\n  macOS:          ${install.macos}`,
  );
  const verdict = ready
    ? "Everything is there to check, synthesize and deploy stacks."
    : `Not ready: ${absent
        .filter(({ required }) => required)
        .map(({ name }) => name)
        .join(", ")} must be there in a version that works.`;
  return [
    table(rows),
    ...(advice.length > 0 ? [`How to get what is not there:\n\n${advice.join("\n\n")}`] : []),
    verdict,
  ].join("\n\n");
}
