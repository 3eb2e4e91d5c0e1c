/** A gate in front of moto that can be shut: S3 that refuses, or that nobody reaches any more. */
import * as http from "node:http";
import type { AddressInfo } from "node:net";

/**
 * "open" passes everything on, "forbidden" and "elsewhere" answer as S3 does to somebody without rights and in the wrong
 * region, "gone" ends every connection without an answer.
 */
type GateMode = "open" | "forbidden" | "elsewhere" | "gone";

export interface Gate {
  url: string;
  /** Applies to requests of the given methods only. */
  set(mode: GateMode, methods?: readonly string[]): void;
  close(): Promise<void>;
}

const error = (code: string): string => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>No</Message></Error>`;

const ANSWERS: Partial<Record<GateMode, { status: number; body: string }>> = {
  forbidden: { status: 403, body: error("AccessDenied") },
  elsewhere: { status: 301, body: error("PermanentRedirect") },
};

export async function openGate(target: string): Promise<Gate> {
  let mode: GateMode = "open";
  let affected: readonly string[] | undefined;
  const server = http.createServer((request, response) => {
    // Who somebody is, is asked of another service.
    const isS3 = !request.headers.authorization?.includes("/sts/");
    const isAffected = isS3 && (affected === undefined || affected.includes(request.method ?? ""));
    const answer = isAffected ? ANSWERS[mode] : undefined;
    if (isAffected && mode === "gone") request.socket.destroy();
    else if (answer) {
      request.resume();
      const headers = { "content-type": "application/xml", "x-amz-bucket-region": "eu-west-1" };
      response.writeHead(answer.status, headers).end(answer.body);
    } else passOn(target, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    set: (next, methods) => {
      mode = next;
      affected = methods;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function passOn(target: string, request: http.IncomingMessage, response: http.ServerResponse): void {
  const { method, headers, url } = request;
  const onward = http.request(new URL(url ?? "/", target), { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on("error", () => response.destroy());
  request.pipe(onward);
}
