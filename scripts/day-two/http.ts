/** Requests and certificates as a browser would meet them, with a say in which address is asked. */
import * as http from "node:http";
import * as https from "node:https";
import * as tls from "node:tls";

/** Who is asked, and where. */
export interface Place {
  /** Public name: sent as Host, and asked for in TLS. */
  name: string;
  /** Address or name that is connected to. */
  address: string;
  port: number;
}

export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
}

export interface Certificate {
  /** Empty when a browser would accept it, else the code of OpenSSL or Node. */
  fault: string;
  /** Names that it is for. */
  names: string[];
  validFrom: Date;
  validTo: Date;
}

/** Milliseconds until an answer counts as missing. */
const TIMEOUT_MS = 10_000;

/** A connection that nobody has answered. */
export class NoAnswer extends Error {
  /** Code of the system, such as "ECONNREFUSED", or "TIMEOUT". */
  constructor(readonly code: string) {
    super(code);
  }
}

/**
 * One GET request. Its certificate is looked at by {@link certificateOf}; a service behind a bad one may still be well.
 *
 * @throws NoAnswer
 */
export function get(
  { name, address, port }: Place,
  path: string,
  secure: boolean,
  timeoutMs = TIMEOUT_MS,
): Promise<Answer> {
  const shared = {
    host: address,
    port,
    path,
    headers: { host: name, "user-agent": "tiers-smoke" },
    agent: false,
  } as const;
  return new Promise((resolve, reject) => {
    const request = secure
      ? https.request({ ...shared, servername: name, rejectUnauthorized: false })
      : http.request(shared);
    const timer = setTimeout(() => request.destroy(new NoAnswer("TIMEOUT")), timeoutMs);
    request.on("response", (response) => {
      clearTimeout(timer);
      response.destroy();
      resolve({ status: response.statusCode ?? 0, headers: response.headers });
    });
    request.on("error", (error) => {
      clearTimeout(timer);
      reject(asNoAnswer(error));
    });
    request.end();
  });
}

/**
 * The certificate that a server shows for a name.
 *
 * @param ca - authorities instead of Node's own, as PEM
 * @throws NoAnswer
 */
export function certificateOf(
  { name, address, port }: Place,
  ca?: string,
  timeoutMs = TIMEOUT_MS,
): Promise<Certificate> {
  return new Promise((resolve, reject) => {
    // The verdict is read below; a connection that is cut at once would not tell which certificate it was.
    const socket = tls.connect({ host: address, port, servername: name, ca, rejectUnauthorized: false });
    const timer = setTimeout(() => socket.destroy(new NoAnswer("TIMEOUT")), timeoutMs);
    socket.on("secureConnect", () => {
      clearTimeout(timer);
      const { valid_from, valid_to, subjectaltname = "" } = socket.getPeerCertificate();
      const error: unknown = socket.authorizationError;
      resolve({
        fault: socket.authorized ? "" : error instanceof Error ? codeOf(error) : String(error),
        names: subjectaltname.split(", ").map((entry) => entry.replace(/^[A-Za-z ]+:/, "")),
        validFrom: new Date(valid_from),
        validTo: new Date(valid_to),
      });
      socket.destroy();
    });
    socket.on("error", (error) => {
      clearTimeout(timer);
      reject(asNoAnswer(error));
    });
  });
}

const asNoAnswer = (error: Error): NoAnswer => (error instanceof NoAnswer ? error : new NoAnswer(codeOf(error)));

const codeOf = (error: Error): string => (error as NodeJS.ErrnoException).code ?? error.message;
