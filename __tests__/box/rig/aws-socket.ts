/** The way from a box to the stand-in for AWS: a Unix socket that hands every request on, unless a test breaks it. */
import * as http from "node:http";

/** A request of the box to AWS. */
export interface AwsRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** The signed service, such as "s3" or "ssm". */
  readonly service: string;
  /** Operation of a service that names it in a header, such as "AmazonSSM.GetParameters". */
  readonly target: string;
  /** What a copy within S3 reads. */
  readonly copySource: string | undefined;
  /** Its beginning, as far as `BODY_KEPT`. Empty while a rule decides, and when the connection broke. */
  body: string;
}

/** Bytes of a request's body that are remembered: more than any call has that is not a file. */
const BODY_KEPT = 8192;

/** What happens to a request instead of being answered as it is. */
export interface Fault {
  /** Answers with this status and body and hands nothing on. */
  readonly answer?: { status: number; body: string };
  /** Breaks the connection and hands nothing on. */
  readonly drop?: true;
  /** Changes what the box sent. */
  readonly request?: (body: Buffer) => Buffer;
  /** Changes what comes back. */
  readonly response?: (body: Buffer) => Buffer;
  /** Headers that come back in place of the true ones. */
  readonly headers?: Readonly<Record<string, string>>;
}

export type FaultRule = (request: AwsRequest) => Fault | undefined;

export class AwsSocket {
  /** Every request so far. */
  readonly seen: AwsRequest[] = [];
  /** Decides on each request. @default - every request is answered as it is */
  rule: FaultRule | undefined;

  private constructor(
    private readonly server: http.Server,
    private readonly target: URL,
  ) {}

  /** @param socket path of the new socket; @param target where requests are handed on to */
  static async open(socket: string, target: string): Promise<AwsSocket> {
    const server = http.createServer();
    const opened = new AwsSocket(server, new URL(target));
    server.on("request", (request, response) => {
      void opened.handle(request, response).catch(() => response.destroy());
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(socket, resolve);
    });
    return opened;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const asked = describe(request);
    this.seen.push(asked);
    const fault = this.rule?.(asked);
    if (fault?.drop) {
      request.socket.destroy();
      return;
    }
    // With "Expect: 100-continue" the body comes only once it was asked for; Node does that by itself.
    const sent = await bodyOf(request);
    asked.body = sent.subarray(0, BODY_KEPT).toString("latin1");
    if (fault?.answer) {
      response.writeHead(fault.answer.status, { "content-type": "application/xml" }).end(fault.answer.body);
      return;
    }
    await this.handOn(request, fault?.request?.(sent) ?? sent, response, fault);
  }

  private handOn(
    request: http.IncomingMessage,
    body: Buffer,
    response: http.ServerResponse,
    fault: Fault | undefined,
  ): Promise<void> {
    const headers = { ...request.headers, "content-length": String(body.length) };
    delete headers["transfer-encoding"];
    delete headers.expect;
    const { hostname, port } = this.target;
    return new Promise((resolve, reject) => {
      const onward = http.request({ hostname, port, method: request.method, path: request.url, headers }, (answer) => {
        bodyOf(answer).then((received) => {
          const changed = fault?.response?.(received) ?? received;
          const answered = { ...answer.headers, ...fault?.headers };
          delete answered["transfer-encoding"];
          // The answer to HEAD tells the length of a body that is not sent.
          if (request.method !== "HEAD") answered["content-length"] = String(changed.length);
          response.writeHead(answer.statusCode ?? 502, answered).end(changed);
          resolve();
        }, reject);
      });
      onward.on("error", reject);
      onward.end(body);
    });
  }
}

function describe(request: http.IncomingMessage): AwsRequest {
  const scope = /Credential=[^/]+\/[^/]+\/[^/]+\/([^/]+)\//.exec(request.headers.authorization ?? "")?.[1];
  return {
    method: request.method ?? "",
    path: request.url ?? "",
    service: scope ?? "unknown",
    target: String(request.headers["x-amz-target"] ?? ""),
    copySource: request.headers["x-amz-copy-source"] as string | undefined,
    body: "",
  };
}

async function bodyOf(stream: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
