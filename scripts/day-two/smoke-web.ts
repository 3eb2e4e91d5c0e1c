/** What can be seen of an app from outside: names, certificates, redirects, the answers of its services. */
import { type Answer, certificateOf, get, NoAnswer, type Place } from "./http";
import type { Check } from "./host-report";

/** One public name of the app. */
export interface PublicName {
  name: string;
  /** Paths that lead to a service under this name, with what their answer shows, such as "health of api". */
  paths: readonly { path: string; shows: string }[];
}

/** A port of the host that leads to a service without the proxy. */
export interface DirectPort {
  service: string;
  port: number;
  path: string;
}

export interface WebOptions {
  /** Fixed address of the host. */
  publicIp: string;
  /** Whether the proxy speaks HTTPS. */
  tls: boolean;
  /** Whether a CDN stands before the host, so that names lead to the CDN and the host is closed to all others. */
  behindCdn: boolean;
  /** Ask the host's address, wherever the names lead. */
  direct: boolean;
  now: Date;
  /** IPv4 addresses of a name; empty when it has none. @throws when no resolver answers */
  resolve: (name: string) => Promise<readonly string[]>;
  /** Authorities instead of Node's own, as PEM; for tests. */
  ca?: string;
  /** For tests. @default { http: 80, https: 443 } */
  ports?: { http: number; https: number };
  /** For tests. @default 10000 */
  timeoutMs?: number;
}

/**
 * Share of a certificate's time below which its renewal is stuck: both proxies renew when a third is left, so this is half
 * of the time in which they try (15 days of Let's Encrypt's 90).
 */
const STUCK_SHARE = 1 / 6;
const DAY_MS = 86_400_000;

/** Everything about one public name. */
export async function checkName({ name, paths }: PublicName, options: WebOptions): Promise<Check[]> {
  const { address, checks } = await whereTo(name, options);
  if (address === undefined) return checks;
  const ports = options.ports ?? { http: 80, https: 443 };
  if (options.tls) {
    const secure = { name, address, port: ports.https };
    checks.push(await attempt(`certificate of ${name}`, options, () => certificate(secure, options)));
    checks.push(
      await attempt(`redirect of ${name}`, options, () => redirect({ ...secure, port: ports.http }, options)),
    );
  }
  const place = { name, address, port: options.tls ? ports.https : ports.http };
  for (const { path, shows } of paths) {
    checks.push(await attempt(`${shows} at ${name}`, options, () => answers(place, path, options.tls, options)));
  }
  return checks;
}

/** The answer of a port that leads to a service without the proxy. */
export function checkDirectPort({ service, port, path }: DirectPort, options: WebOptions): Promise<Check> {
  const { publicIp } = options;
  const place = { name: `${publicIp}:${port}`, address: publicIp, port };
  return attempt(`health of ${service} at port ${port}`, { ...options, behindCdn: true }, () =>
    answers(place, path, false, options),
  );
}

/** Where a name is asked: at what it leads to, or at the host itself while it does not lead there yet. */
async function whereTo(name: string, options: WebOptions): Promise<{ address?: string; checks: Check[] }> {
  const { publicIp, behindCdn, direct, resolve } = options;
  if (direct || name === publicIp) return { address: publicIp, checks: [] };
  const title = `name ${name}`;
  let found: readonly string[];
  try {
    found = await resolve(name);
  } catch (error) {
    const detail = `no resolver answers (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`;
    return { address: behindCdn ? undefined : publicIp, checks: [{ name: title, result: "unknown", detail }] };
  }
  const leads = found.length > 0 ? `leads to ${found.join(", ")}` : "has no address";
  if (behindCdn) {
    const detail = `${leads}${found.length > 0 ? ", which is the CDN's to answer for" : ""}`;
    return { address: found[0], checks: [{ name: title, result: found.length > 0 ? "ok" : "failed", detail }] };
  }
  if (found.includes(publicIp)) return { address: publicIp, checks: [{ name: title, result: "ok", detail: leads }] };
  const detail = `${leads}, not to ${publicIp} yet; asked there directly, so what the public sees is not known`;
  return { address: publicIp, checks: [{ name: title, result: "unknown", detail }] };
}

type Finding = Pick<Check, "result" | "detail">;

const ok = (detail: string): Finding => ({ result: "ok", detail });
const failed = (detail: string): Finding => ({ result: "failed", detail });

/** Codes that say that this machine has no way there. */
const NO_WAY = new Set(["ENETUNREACH", "EHOSTUNREACH", "ENETDOWN", "EAI_AGAIN"]);

/** A firewall that lets only some in drops what others send: then nobody can tell from here. */
async function attempt(name: string, { behindCdn }: WebOptions, look: () => Promise<Finding>): Promise<Check> {
  try {
    return { name, ...(await look()) };
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    const { code } = error;
    if (NO_WAY.has(code)) return { name, result: "unknown", detail: `this machine has no way there (${code})` };
    if (code === "TIMEOUT" && behindCdn) {
      return { name, result: "unknown", detail: "no answer; the firewall may be closed to this machine" };
    }
    return { name, ...failed(code === "TIMEOUT" ? "no answer" : `no answer (${code})`) };
  }
}

async function certificate(place: Place, { ca, now, timeoutMs }: WebOptions): Promise<Finding> {
  const { fault, names, validFrom, validTo } = await certificateOf(place, ca, timeoutMs);
  const day = validTo.toISOString().slice(0, 10);
  if (now > validTo || fault === "CERT_HAS_EXPIRED") return failed(`expired on ${day}`);
  if (fault === "ERR_TLS_CERT_ALTNAME_INVALID") return failed(`is for ${names.join(", ")}`);
  if (fault !== "") return failed(`browsers do not trust it (${fault})`);
  const left = validTo.getTime() - now.getTime();
  const words = `valid for ${Math.floor(left / DAY_MS)} more days, until ${day}`;
  const stuck = left < (validTo.getTime() - validFrom.getTime()) * STUCK_SHARE;
  return stuck ? failed(`${words}: it should have been renewed by now; read the proxy's log`) : ok(words);
}

async function redirect(place: Place, { timeoutMs }: WebOptions): Promise<Finding> {
  const { status, headers } = await get(place, "/", false, timeoutMs);
  const to = headers.location ?? "";
  const leads = [301, 302, 307, 308].includes(status) && to.startsWith(`https://${place.name}`);
  return leads
    ? ok(`${status} to ${to}`)
    : failed(`http:// answers ${status}${to && ` to ${to}`}, not a redirect to https://`);
}

async function answers(place: Place, path: string, secure: boolean, { timeoutMs }: WebOptions): Promise<Finding> {
  const answer = await get(place, path, secure, timeoutMs);
  const words = `${path} answers ${answer.status}`;
  if (answer.status >= 200 && answer.status < 300) return ok(words);
  return failed(`${words}${isMaintenance(answer) ? "; the maintenance page may be on: tiers status" : ""}`);
}

const isMaintenance = ({ status, headers }: Answer): boolean => status === 503 && headers["retry-after"] !== undefined;
