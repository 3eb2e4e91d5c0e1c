/**
 * Sessions with a host through Session Manager: AWS opens one, the session-manager-plugin of AWS carries it. The plugin
 * is called as the AWS CLI calls it.
 */
import { spawn } from "node:child_process";
import { SSMClient, StartSessionCommand, TerminateSessionCommand } from "@aws-sdk/client-ssm";
import { asking, quietSdk } from "../lib/aws";
import type { Deployed } from "../lib/deployed";
import { UserError } from "../lib/errors";
import { uninterrupted } from "../lib/process";
import { compareVersions, findOnPath, versionOf } from "../lib/tools";

/** What is to happen in the session. */
export interface SessionRequest {
  /** Document of Systems Manager. @default - the account's own shell document */
  document?: string;
  parameters?: Readonly<Record<string, readonly string[]>>;
  /** Shown in the history of sessions. */
  reason: string;
}

/** The plugin on this machine. */
export interface Plugin {
  file: string;
  /** Whether it reads the session's token from its environment, where other users do not see it. */
  readsEnvironment: boolean;
}

const PLUGIN = "session-manager-plugin";
/** Variable that holds the answer of StartSession; its name then stands where the answer stood. */
const RESPONSE_VARIABLE = "AWS_SSM_START_SESSION_RESPONSE";
/** The last version that reads the answer from its arguments only (awscli/customizations/sessionmanager.py). */
const LAST_WITHOUT_VARIABLE = "1.2.497.0";

/**
 * Finds the plugin, before anything is asked of AWS.
 *
 * @throws UserError (exit 2) that says how to install it
 */
export async function findPlugin(env: NodeJS.ProcessEnv): Promise<Plugin> {
  const file = findOnPath(PLUGIN, env);
  if (file === undefined) {
    throw new UserError(
      `${PLUGIN} is not on PATH; sessions need it. Install it (Debian, Ubuntu: https://docs.aws.amazon.com/systems-manager/` +
        "latest/userguide/install-plugin-debian-and-ubuntu.html; macOS: brew install --cask session-manager-plugin), then try again.",
      2,
    );
  }
  const version = await versionOf(file, ["--version"], env);
  return { file, readsEnvironment: version !== undefined && compareVersions(version, LAST_WITHOUT_VARIABLE) > 0 };
}

/**
 * Opens a session, hands the terminal to the plugin until it ends, and closes the session. Signals are the plugin's
 * meanwhile.
 *
 * @param client - for tests. @default - the user's own credentials and endpoint settings
 * @returns the plugin's exit code; that of a command in the session is not known to it
 * @throws UserError when AWS refuses the session
 */
export async function holdSession(
  { region, instanceId }: Pick<Deployed, "region" | "instanceId">,
  request: SessionRequest,
  plugin: Plugin,
  env: NodeJS.ProcessEnv,
  client: SSMClient = defaultClient(region),
): Promise<number> {
  const input = {
    Target: instanceId,
    DocumentName: request.document,
    Parameters: mutable(request.parameters),
    Reason: request.reason.slice(0, 256),
  };
  const endpoint = watchEndpoint(client);
  try {
    return await uninterrupted(async () => {
      const answer = await asking(
        `A session with ${instanceId}`,
        ["ssm:StartSession"],
        () => client.send(new StartSessionCommand(input)),
        { byName: { TargetNotConnected: "the host is not online in Systems Manager; look at tiers status" } },
      );
      const { SessionId, TokenValue, StreamUrl } = answer;
      try {
        const response = JSON.stringify({ SessionId, TokenValue, StreamUrl });
        const first = plugin.readsEnvironment ? RESPONSE_VARIABLE : response;
        const profile = env.AWS_PROFILE ?? "";
        const args = [first, region, "StartSession", profile, JSON.stringify(input), endpoint()];
        return await attend(
          plugin.file,
          args,
          plugin.readsEnvironment ? { ...env, [RESPONSE_VARIABLE]: response } : env,
        );
      } finally {
        // The plugin has ended it in most cases; a session that is gone is no error.
        await client.send(new TerminateSessionCommand({ SessionId })).catch(() => undefined);
      }
    });
  } finally {
    client.destroy();
  }
}

function defaultClient(region: string): SSMClient {
  quietSdk();
  return new SSMClient({ region });
}

const mutable = (parameters: SessionRequest["parameters"]): Record<string, string[]> | undefined =>
  parameters && Object.fromEntries(Object.entries(parameters).map(([name, values]) => [name, [...values]]));

/** Remembers where the client's requests go: the plugin resumes a session that broke there. */
function watchEndpoint(client: SSMClient): () => string {
  let endpoint = "";
  client.middlewareStack.add(
    (next) => (args) => {
      const { protocol, hostname, port } = args.request as { protocol: string; hostname: string; port?: number };
      endpoint = `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}`;
      return next(args);
    },
    { step: "finalizeRequest" },
  );
  return () => endpoint;
}

/** Runs the plugin with this process's terminal; resolves with its exit code. */
function attend(file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(file, args, { stdio: "inherit", env });
  // A terminal sends Ctrl-C to the plugin by itself; other senders only know this process.
  const passOn = (signal: NodeJS.Signals): void => {
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, passOn);
  return new Promise<number>((resolve, reject) => {
    child.on("error", (error) => reject(new UserError(`${PLUGIN} could not be started: ${error.message}`)));
    child.on("close", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 0 : 1)));
  }).finally(() => {
    for (const signal of signals) process.off(signal, passOn);
  });
}
