/** A proxy in front of the local S3 that damages what passes, on demand, and remembers what was asked. */
import * as http from "node:http";
import type { AddressInfo } from "node:net";

/** What goes wrong, for requests whose "METHOD /path" matches. */
export interface Faults {
  /** One byte of the request's body is another one. */
  flipUpload?: RegExp;
  /** The request's body ends in its middle. */
  cutUpload?: RegExp;
  /** One byte of the answer's body is another one. */
  flipDownload?: RegExp;
  /** AWS's refusal for a role that lacks the right. */
  deny?: RegExp;
  /** The connection is cut. */
  drop?: RegExp;
  /** Seconds that the Date of answers is behind. */
  clockBehind?: number;
}

/** One request as S3 saw it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly copySource: string | undefined;
  readonly body: string;
}

export interface FaultProxy {
  readonly url: string;
  /** To be set by a test, and emptied after it. */
  faults: Faults;
  readonly asked: Asked[];
  stop(): Promise<void>;
}

const DENIED =
  `<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>User is not authorized to perform this action</Message>` +
  "<RequestId>1</RequestId></Error>";

export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const state: { faults: Faults; asked: Asked[] } = { faults: {}, asked: [] };
  const server = http.createServer((request, response) => void pass(target, state, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(state, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
}

async function pass(
  target: string,
  { faults, asked }: { faults: Faults; asked: Asked[] },
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", target);
  const line = `${request.method} ${url.pathname}`;
  let body = await collect(request);
  asked.push({
    method: request.method ?? "",
    path: url.pathname,
    query: url.searchParams,
    copySource: request.headers["x-amz-copy-source"] as string | undefined,
    body: body.subarray(0, 2000).toString("latin1"),
  });
  if (faults.drop?.test(line)) return void request.socket.destroy();
  if (faults.deny?.test(line)) return void response.writeHead(403, { "content-type": "application/xml" }).end(DENIED);
  if (faults.flipUpload?.test(line)) body = flipped(body);
  if (faults.cutUpload?.test(line)) body = body.subarray(0, Math.floor(body.length / 2));
  const answer = await forward(url, request, body);
  const headers = { ...answer.headers };
  if (faults.clockBehind !== undefined) headers.date = new Date(Date.now() - faults.clockBehind * 1000).toUTCString();
  response.writeHead(answer.statusCode ?? 500, headers);
  const content = await collect(answer);
  response.end(faults.flipDownload?.test(line) ? flipped(content) : content);
}

function forward(url: URL, request: http.IncomingMessage, body: Buffer): Promise<http.IncomingMessage> {
  const headers = { ...request.headers, ...(body.length > 0 && { "content-length": String(body.length) }) };
  delete headers.expect;
  return new Promise((resolve, reject) => {
    const onward = http.request(url, { method: request.method, headers, agent: false }, resolve);
    onward.on("error", reject);
    onward.end(body);
  });
}

async function collect(stream: NodeJS.ReadableStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The same bytes but for one bit in the middle. */
function flipped(body: Buffer): Buffer {
  const copy = Buffer.from(body);
  const middle = Math.floor(copy.length / 2);
  copy[middle] = (copy[middle] ?? 0) ^ 1;
  return copy;
}
