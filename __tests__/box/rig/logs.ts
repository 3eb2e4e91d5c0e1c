/**
 * CloudWatch Logs under its public name, for a box whose containers log there: Docker's driver reaches it by name and over TLS,
 * whatever the environment says. Behind the name answers the stand-in for AWS.
 */
import type { Box } from "./box";

const ADDRESS = "192.0.2.11";
const UNIT = "rehearsal-logs.service";

/** Prepares a box that is off; from its next boot on the name leads to the stand-in. */
export function placeLogs(box: Box, region: string): void {
  box.place(`/etc/systemd/system/${UNIT}`, unit(`logs.${region}.amazonaws.com`));
  box.place(`/etc/systemd/system/rehearsal-names.service.d/logs.conf`, `[Unit]\nWants=${UNIT}\n`);
}

function unit(name: string): string {
  const authority = "/rehearsal/internet/ca";
  const certificate = [
    "/usr/bin/openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 3650 -subj /CN=logs",
    `-addext subjectAltName=DNS:${name} -addext basicConstraints=critical,CA:FALSE`,
    `-CA ${authority}.crt -CAkey ${authority}.key -keyout key.pem -out cert.pem`,
  ];
  const record = JSON.stringify({ host: `${name}.`, addresses: [ADDRESS] }).replaceAll('"', '\\"');
  return [
    "[Unit]",
    "DefaultDependencies=no",
    "Requires=rehearsal-names.service",
    "After=rehearsal-names.service",
    "Before=network-online.target",
    "[Service]",
    "NetworkNamespacePath=/run/netns/internet",
    "RuntimeDirectory=rehearsal-logs",
    "WorkingDirectory=/run/rehearsal-logs",
    `ExecStartPre=/usr/bin/ip address add ${ADDRESS}/24 dev eth0`,
    `ExecStartPre=${certificate.join(" ")}`,
    `ExecStartPre=/usr/bin/curl -sS -d "${record}" http://127.0.0.1:8055/add-a`,
    `ExecStart=/usr/bin/socat OPENSSL-LISTEN:443,bind=${ADDRESS},cert=cert.pem,key=key.pem,verify=0,fork,reuseaddr UNIX-CONNECT:/rehearsal/aws.sock`,
    "",
  ].join("\n");
}
