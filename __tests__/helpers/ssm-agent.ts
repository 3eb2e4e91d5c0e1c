/** A stand-in for Systems Manager and its agent: what is sent to the instance runs in a shell here. */
import { spawn } from "node:child_process";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { SSMClient } from "@aws-sdk/client-ssm";

/** How the agent behaves; to be changed by a test. */
export interface Behaviour {
  /** @default "Online"; undefined: the instance was never registered */
  ping?: "Online" | "ConnectionLost" | undefined;
  /** An error that AWS answers every call with. */
  refuse?: { status: number; type: string };
  /** The command is never fetched. */
  deaf?: boolean;
  /** What the instance makes of a command before its shell runs it. @default - nothing */
  rewrite?: (command: string) => string;
  /** Server that answers what is neither command nor session, such as parameters. @default - nobody */
  others?: string;
  /** Looks at the invocation that are answered with "not known yet". */
  unknownLooks?: number;
  /** What AWS answers the next looks at the invocation with, one after the other; status 0 cuts the connection. */
  troubledLooks?: { status: number; type: string }[];
}

export interface Agent {
  readonly url: string;
  behaviour: Behaviour;
  /** Commands that were sent, with their limits. */
  readonly sent: { command: string; executionTimeout: string; deliverySeconds: number }[];
  /** Requests of sessions that were opened, and ids of those that were ended; nothing happens in them. */
  readonly opened: Record<string, unknown>[];
  readonly ended: string[];
  client(): SSMClient;
  stop(): Promise<void>;
}

interface Invocation {
  Status: string;
  StatusDetails?: string;
  ResponseCode: number;
  StandardOutputContent: string;
  StandardErrorContent: string;
}

/** What the agent answers by itself. */
const OWN_CALLS = /Command|Session$|^DescribeInstanceInformation$/;

export const INSTANCE = "i-0123456789abcdef0";

export async function startAgent(): Promise<Agent> {
  const invocations = new Map<string, Invocation>();
  const agent = {
    behaviour: { ping: "Online" } as Behaviour,
    sent: [] as Agent["sent"],
    opened: [] as Agent["opened"],
    ended: [] as string[],
  };

  const answer = (call: string, input: Record<string, unknown>): [number, object] => {
    const { ping, refuse, unknownLooks = 0 } = agent.behaviour;
    if (refuse) return [refuse.status, { __type: refuse.type, message: "refused" }];
    if (call === "DescribeInstanceInformation") {
      const [filter] = input.Filters as { Values: string[] }[];
      const known = { InstanceId: filter?.Values[0], PingStatus: ping, LastPingDateTime: 1_700_000_000 };
      return [200, { InstanceInformationList: ping === undefined ? [] : [known] }];
    }
    if (call === "StartSession") {
      const SessionId = `session-${agent.opened.push(input)}`;
      return [200, { SessionId, TokenValue: "the-token", StreamUrl: `wss://127.0.0.1/${SessionId}` }];
    }
    if (call === "TerminateSession") {
      agent.ended.push(String(input.SessionId));
      return [200, { SessionId: input.SessionId }];
    }
    if (call === "SendCommand") return [200, { Command: { CommandId: send(input) } }];
    if (call !== "GetCommandInvocation") return [400, { __type: "UnknownOperationException", message: call }];
    const trouble = agent.behaviour.troubledLooks?.shift();
    if (trouble) return [trouble.status, { __type: trouble.type, message: "trouble" }];
    if (unknownLooks > 0) {
      agent.behaviour.unknownLooks = unknownLooks - 1;
      return [400, { __type: "InvocationDoesNotExist" }];
    }
    return [200, { ...invocations.get(String(input.CommandId)), CommandId: input.CommandId }];
  };

  const send = (input: Record<string, unknown>): string => {
    const { commands, executionTimeout } = input.Parameters as Record<string, string[]>;
    const command = (commands ?? []).join("\n");
    agent.sent.push({
      command,
      executionTimeout: executionTimeout?.[0] ?? "",
      deliverySeconds: Number(input.TimeoutSeconds),
    });
    const id = `command-${agent.sent.length}`;
    const invocation = { Status: "InProgress", ResponseCode: -1, StandardOutputContent: "", StandardErrorContent: "" };
    invocations.set(id, invocation);
    if (agent.behaviour.deaf) {
      Object.assign(invocation, { Status: "TimedOut", StatusDetails: "DeliveryTimedOut" });
    } else {
      execute(agent.behaviour.rewrite?.(command) ?? command, invocation);
    }
    return id;
  };

  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const call = String(request.headers["x-amz-target"]).replace("AmazonSSM.", "");
      const text = Buffer.concat(chunks).toString();
      const { others, refuse } = agent.behaviour;
      if (others !== undefined && !refuse && !OWN_CALLS.test(call)) return pass(request, text, others, response);
      const [status, body] = answer(call, JSON.parse(text) as Record<string, unknown>);
      if (status === 0) return void request.socket.destroy();
      response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(agent, {
    url,
    client: () =>
      new SSMClient({
        endpoint: url,
        region: "eu-central-1",
        maxAttempts: 1,
        credentials: { accessKeyId: "test", secretAccessKey: "test" },
      }),
    stop: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
}

function execute(command: string, invocation: Invocation): void {
  const child = spawn("sh", ["-c", command], { stdio: ["ignore", "pipe", "pipe"], env: { PATH: process.env.PATH } });
  child.stdout.on("data", (text: Buffer) => (invocation.StandardOutputContent += text.toString()));
  child.stderr.on("data", (text: Buffer) => (invocation.StandardErrorContent += text.toString()));
  child.on("close", (code) => {
    invocation.ResponseCode = code ?? -1;
    invocation.Status = code === 0 ? "Success" : "Failed";
  });
}

/** Hands a request on, with its signature, which the other server does not look at. */
function pass(request: http.IncomingMessage, text: string, to: string, response: http.ServerResponse): void {
  const { host: _host, ...headers } = request.headers;
  const onward = http.request(to, { method: "POST", headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on("error", () => response.writeHead(502).end());
  onward.end(text);
}
