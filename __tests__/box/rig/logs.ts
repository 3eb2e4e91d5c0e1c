/**
 * CloudWatch Logs under its public name, for a box whose containers log there: Docker's driver knows no other way. Behind
 * the name answers the stand-in for AWS.
 */
import type { Box } from "./box";
import { placePublicName } from "./public-name";

const ADDRESS = "192.0.2.11";

/** Prepares a box that is off; from its next boot on the name leads to the stand-in. */
export function placeLogs(box: Box, region: string): void {
  const listen = `OPENSSL-LISTEN:443,bind=${ADDRESS},cert=cert.pem,key=key.pem,verify=0,fork,reuseaddr`;
  placePublicName(box, {
    id: "logs",
    name: `logs.${region}.amazonaws.com`,
    address: ADDRESS,
    start: `/usr/bin/socat ${listen} UNIX-CONNECT:/rehearsal/aws.sock`,
  });
}
