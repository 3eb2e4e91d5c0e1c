/** Servers on 127.0.0.1 that an app's public side is played by: real TLS with certificates of openssl. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import * as path from "node:path";

export interface Keys {
  key: string;
  cert: string;
}

/** An authority and what it signs, made in a folder. */
export interface Authority {
  /** PEM of its certificate. */
  ca: string;
  /** A certificate for names, valid between two days as seen from now. */
  sign(names: readonly string[], fromDays: number, toDays: number): Keys;
}

const openssl = (cwd: string, ...args: string[]): void => void execFileSync("openssl", args, { cwd, stdio: "pipe" });

/** "20261121000000Z" */
const stamp = (days: number): string =>
  new Date(Date.now() + days * 86_400_000).toISOString().replaceAll(/[-:T]|\.\d+/g, "");

/** Makes an authority that nobody knows. */
export function makeAuthority(folder: string): Authority {
  const elliptic = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl(
    folder,
    "req",
    "-x509",
    ...elliptic,
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-days",
    "30",
    "-subj",
    "/CN=test",
  );
  fs.mkdirSync(path.join(folder, "signed"));
  let number = 0;
  return {
    ca: fs.readFileSync(path.join(folder, "ca.pem"), "utf8"),
    sign(names, fromDays, toDays) {
      number += 1;
      const name = `server-${number}`;
      fs.writeFileSync(path.join(folder, "index.txt"), "");
      fs.writeFileSync(path.join(folder, "serial"), `${1000 + number}`);
      fs.writeFileSync(path.join(folder, "ca.cnf"), settings(names));
      openssl(
        folder,
        "req",
        "-new",
        ...elliptic,
        "-keyout",
        `${name}.key`,
        "-out",
        `${name}.csr`,
        "-subj",
        `/CN=${names[0]}`,
      );
      const dates = ["-startdate", stamp(fromDays), "-enddate", stamp(toDays)];
      openssl(folder, "ca", "-config", "ca.cnf", "-batch", "-in", `${name}.csr`, "-out", `${name}.pem`, ...dates);
      const read = (file: string): string => fs.readFileSync(path.join(folder, file), "utf8");
      return { key: read(`${name}.key`), cert: read(`${name}.pem`) };
    },
  };
}

const settings = (names: readonly string[]): string => `[ca]
default_ca = own
[own]
new_certs_dir = signed
database = index.txt
serial = serial
certificate = ca.pem
private_key = ca.key
default_md = sha256
policy = any
x509_extensions = ext
[any]
commonName = supplied
[ext]
subjectAltName = ${names.map((name) => `DNS:${name}`).join(",")}
`;

export interface Web {
  ports: { http: number; https: number };
  /** Hosts and paths that were asked over TLS. */
  asked: string[];
  stop(): Promise<void>;
}

export interface WebBehaviour {
  keys: Keys;
  /** Status by path over TLS. @default 200 */
  status?: Readonly<Record<string, number>>;
  headers?: http.OutgoingHttpHeaders;
  /** Where port 80 leads; "none" for an answer of its own. @default - to https:// of the same host */
  redirect?: string;
}

/** The proxy of an app: TLS, and a port that leads there. */
export async function startWeb({ keys, status = {}, headers = {}, redirect }: WebBehaviour): Promise<Web> {
  const asked: string[] = [];
  const secure = https.createServer(keys, ({ headers: { host }, url = "" }, response) => {
    asked.push(`${host}${url}`);
    response.writeHead(status[url] ?? 200, headers).end("ok");
  });
  const plain = http.createServer(({ headers: { host }, url }, response) => {
    if (redirect === "none") response.writeHead(200).end("plain");
    else response.writeHead(308, { location: redirect ?? `https://${host}${url}` }).end();
  });
  return { ports: { https: await listen(secure), http: await listen(plain) }, asked, stop: () => stop(secure, plain) };
}

async function listen(server: http.Server | https.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function stop(...servers: (http.Server | https.Server)[]): Promise<void> {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}
