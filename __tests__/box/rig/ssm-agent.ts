/**
 * What a laptop talks to in place of AWS: moto, and in front of it a stand-in for Systems Manager's agent. A command that is
 * sent to the instance runs in the box; everything else is moto's to answer.
 */
import * as http from "node:http";
import type { Box, Ran } from "./box";

interface Command {
  readonly id: string;
  done?: Ran;
}

const AGENT_CALLS = new Set(["SendCommand", "GetCommandInvocation", "DescribeInstanceInformation"]);

export class LaptopEndpoint {
  private readonly commands = new Map<string, Command>();

  private constructor(
    private readonly server: http.Server,
    private readonly target: URL,
    private readonly box: Box,
    private readonly instanceId: string,
  ) {}

  static async open(box: Box, instanceId: string, target: string): Promise<LaptopEndpoint> {
    const server = http.createServer();
    const opened = new LaptopEndpoint(server, new URL(target), box, instanceId);
    server.on("request", (request, response) => {
      void opened.handle(request, response).catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return opened;
  }

  get url(): string {
    const address = this.server.address();
    if (address === null || typeof address === "string") throw new Error("the endpoint is closed");
    return `http://127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const call = String(request.headers["x-amz-target"] ?? "").replace("AmazonSSM.", "");
    if (AGENT_CALLS.has(call)) {
      const answer = this.answer(call, JSON.parse(body.toString()) as Record<string, unknown>);
      response.writeHead("__type" in answer ? 400 : 200, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify(answer));
      return;
    }
    await this.handOn(request, body, response);
  }

  private answer(call: string, input: Record<string, unknown>): Record<string, unknown> {
    if (call === "SendCommand") return this.send(input);
    if (call === "GetCommandInvocation") return this.invocation(String(input.CommandId));
    return { InstanceInformationList: [{ InstanceId: this.instanceId, PingStatus: "Online" }] };
  }

  private send(input: Record<string, unknown>): Record<string, unknown> {
    const { commands } = input.Parameters as { commands: string[] };
    const command: Command = { id: `command-${this.commands.size + 1}` };
    this.commands.set(command.id, command);
    void this.box.run(commands.join("\n"), { seconds: 900 }).then((ran) => {
      command.done = ran;
    });
    return { Command: { CommandId: command.id, Status: "Pending", InstanceIds: [this.instanceId] } };
  }

  private invocation(id: string): Record<string, unknown> {
    const command = this.commands.get(id);
    if (command === undefined) return { __type: "InvocationDoesNotExist", message: id };
    const { done } = command;
    const common = { CommandId: id, InstanceId: this.instanceId };
    if (done === undefined) return { ...common, Status: "InProgress", ResponseCode: -1 };
    return {
      ...common,
      Status: done.code === 0 ? "Success" : "Failed",
      ResponseCode: done.code,
      // Systems Manager answers no more than the first 24,000 characters.
      StandardOutputContent: done.stdout.slice(0, 24_000),
      StandardErrorContent: done.stderr.slice(0, 24_000),
    };
  }

  private handOn(request: http.IncomingMessage, body: Buffer, response: http.ServerResponse): Promise<void> {
    const { hostname, port } = this.target;
    const headers = { ...request.headers, "content-length": String(body.length) };
    delete headers["transfer-encoding"];
    return new Promise((resolve, reject) => {
      const onward = http.request({ hostname, port, method: request.method, path: request.url, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response).on("finish", resolve);
      });
      onward.on("error", reject);
      onward.end(body);
    });
  }
}
