/** The public side of a box: requests of somebody on the internet, who trusts the rehearsal's certificate authority. */
import type { Box, Ran } from "./box";

/** Address of whoever asks; none of Cloudflare's. */
export const OUTSIDE = "192.0.2.10";

/** Runs a line of bash on the internet. curl trusts certificates that the authority has issued, and no others. */
export function outside(box: Box, script: string): Promise<Ran> {
  return box.run(`ip netns exec internet bash -c '${TRUST} && ${script.replaceAll("'", `'\\''`)}'`);
}

const TRUST =
  "curl -fsSk https://localhost:15000/roots/0 > /run/public-root.pem && export CURL_CA_BUNDLE=/run/public-root.pem";

/** Serial number of the certificate that a public name shows. */
export async function certificateSerial(box: Box, name: string): Promise<string> {
  const asked = `openssl s_client -connect ${name}:443 -servername ${name} </dev/null 2>/dev/null | openssl x509 -noout -serial`;
  return (await outside(box, asked)).stdout.trim();
}
