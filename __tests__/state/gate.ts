/** A gate in front of moto that can be shut: S3 that refuses, or that nobody reaches any more. */
import * as http from "node:http";
import type { AddressInfo } from "node:net";

/** "open" passes everything on, "forbidden" answers 403 as S3 does, "gone" ends every connection without an answer. */
export type GateMode = "open" | "forbidden" | "gone";

export interface Gate {
  url: string;
  /** Applies to requests of the given methods only. */
  set(mode: GateMode, methods?: readonly string[]): void;
  close(): Promise<void>;
}

const DENIED = `<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>`;

export async function openGate(target: string): Promise<Gate> {
  let mode: GateMode = "open";
  let affected: readonly string[] | undefined;
  const server = http.createServer((request, response) => {
    const isAffected = affected === undefined || affected.includes(request.method ?? "");
    // Who somebody is, is asked of another service.
    const isS3 = !request.headers.authorization?.includes("/sts/");
    if (mode === "gone" && isAffected) return void request.socket.destroy();
    if (mode === "forbidden" && isAffected && isS3) {
      request.resume();
      return void response.writeHead(403, { "content-type": "application/xml" }).end(DENIED);
    }
    const { method, headers, url } = request;
    const onward = http.request(new URL(url ?? "/", target), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
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
