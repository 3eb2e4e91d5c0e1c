/** A server under a public name of AWS: reached by that name and over TLS, whatever the environment of the box says. */
import type { Box } from "./box";

export interface PublicName {
  /** Of its unit, `rehearsal-<id>.service`, and of the folder that it works in. */
  readonly id: string;
  readonly name: string;
  /** Its own in the network around the box: one of 192.0.2.0/24. */
  readonly address: string;
  /** The command, in whose folder `cert.pem` and `key.pem` lie. */
  readonly start: string;
}

/** Prepares a box that is off; from its next boot on the name leads to the server. */
export function placePublicName(box: Box, server: PublicName): void {
  box.place(`/etc/systemd/system/rehearsal-${server.id}.service`, unit(server));
  box.place(
    `/etc/systemd/system/rehearsal-names.service.d/${server.id}.conf`,
    `[Unit]\nWants=rehearsal-${server.id}.service\n`,
  );
}

function unit({ id, name, address, start }: PublicName): string {
  const authority = "/rehearsal/internet/ca";
  const certificate = [
    `/usr/bin/openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 3650 -subj /CN=${id}`,
    `-addext subjectAltName=DNS:${name} -addext basicConstraints=critical,CA:FALSE`,
    `-CA ${authority}.crt -CAkey ${authority}.key -keyout key.pem -out cert.pem`,
  ];
  const record = JSON.stringify({ host: `${name}.`, addresses: [address] }).replaceAll('"', '\\"');
  return [
    "[Unit]",
    "DefaultDependencies=no",
    "Requires=rehearsal-names.service",
    "After=rehearsal-names.service",
    "Before=network-online.target",
    "[Service]",
    "NetworkNamespacePath=/run/netns/internet",
    `RuntimeDirectory=rehearsal-${id}`,
    `WorkingDirectory=/run/rehearsal-${id}`,
    `ExecStartPre=/usr/bin/ip address add ${address}/24 dev eth0`,
    `ExecStartPre=${certificate.join(" ")}`,
    `ExecStartPre=/usr/bin/curl -sS -d "${record}" http://127.0.0.1:8055/add-a`,
    `ExecStart=${start}`,
    "",
  ].join("\n");
}
