/** The NAT instance's user data, run for real: what passes, whose address it has, and what does not pass. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { natUserData } from "../../modules/network/egress/nat-user-data";
import { plainText } from "../../modules/terraform/escape";
import { INSTANCE, NatNetwork, type Place, ROOT_MS, SERVER, TASK } from "./rig/nat-network";

const USER_DATA = "/var/lib/cloud/instance/scripts/part-001";
const UNIT = "/etc/systemd/system/nat-instance.service";
const LOG = "/var/log/asked";

/** Amazon Linux's package manager: fails while the way out is not there, and brings nft. */
const DNF = `#!/bin/bash
set -euo pipefail
echo "dnf \${*: -1}" >>${LOG}
if [[ -s /var/lib/failures ]]; then
  sed -i '$d' /var/lib/failures
  exit 1
fi
if [[ "\${*: -1}" == nftables ]]; then cp /usr/sbin/nft.not-yet /usr/sbin/nft; fi
`;
const RECORD = (name: string): string => `#!/bin/bash\necho "${name} $*" >>${LOG}\n`;

/** A server that tells each caller the address that it sees. */
const SERVER_PROGRAM = `
import socketserver
class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.sendall(self.client_address[0].encode())
socketserver.ThreadingTCPServer.allow_reuse_address = True
socketserver.ThreadingTCPServer(("0.0.0.0", 80), Handler).serve_forever()
`;

/** Asks the server at an address; fails after a second without an answer. */
const CLIENT_PROGRAM = `
import socket, sys
with socket.create_connection((sys.argv[1], 80), timeout=1) as s:
    print(s.recv(100).decode(), end="")
`;

describe("the NAT instance", () => {
  let network: NatNetwork;

  beforeAll(async () => {
    network = await NatNetwork.open("nat-instance");
    network.place(USER_DATA, plainText(natUserData("10.1.0.0/16")));
    network.place("/usr/local/bin/dnf", DNF);
    network.place("/usr/local/bin/systemctl", RECORD("systemctl"));
    network.place("/usr/local/bin/sleep", RECORD("sleep"));
    await network.onInstance("mv", "/usr/sbin/nft", "/usr/sbin/nft.not-yet");
    for (const place of ["private", "nat", "outside"] as const) network.serve(place, "python3", "-c", SERVER_PROGRAM);
  }, ROOT_MS);
  afterAll(() => network?.close());

  /** The address that a server saw; "no answer" when a packet or its answer did not arrive. */
  const seen = async (from: Place, to: string): Promise<string> => {
    const { code, stdout } = await network.in(from, "python3", "-c", CLIENT_PROGRAM, to);
    return code === 0 ? stdout : "no answer";
  };
  const asked = (): string[] => network.read(LOG).split("\n").filter(Boolean);

  test("without it, the servers answer their neighbours and nothing gets out", async () => {
    for (const [from, to] of [
      ["nat", TASK],
      ["nat", SERVER],
      ["outside", INSTANCE],
    ] as const) {
      await expect.poll(() => seen(from, to), { timeout: 5_000 }).not.toBe("no answer");
    }
    expect(await seen("private", SERVER)).toBe("no answer");
  });

  describe("after its first boot", () => {
    test("it kept trying until the way out was there, and takes security updates by itself", async () => {
      network.place("/var/lib/failures", "one\ntwo\n", 0o644);
      const { code, stderr } = await network.onInstance("bash", USER_DATA);
      const tries = [1, 2].map((n) => `nat-instance: try ${n} of 30: nftables could not be installed\n`);
      expect([code, stderr]).toEqual([0, tries.join("")]);
      expect(asked()).toEqual([
        "systemctl enable --quiet nat-instance.service",
        "dnf nftables",
        "sleep 10",
        "dnf nftables",
        "sleep 10",
        "dnf nftables",
        "dnf dnf-automatic",
        "systemctl enable --quiet --now dnf-automatic.timer",
      ]);
      expect(network.read("/etc/dnf/automatic.conf")).toContain("upgrade_type = security");
    });

    test("what the private side sends arrives with the instance's address, and the answer comes back", async () => {
      expect(await seen("private", SERVER)).toBe(INSTANCE);
    });

    test("many connections at once keep their answers apart", async () => {
      const answers = await Promise.all(Array.from({ length: 5 }, () => seen("private", SERVER)));
      expect(new Set(answers)).toEqual(new Set([INSTANCE]));
    });

    test("nothing is taken by the instance itself, neither from outside nor from the private side", async () => {
      expect(await seen("outside", INSTANCE)).toBe("no answer");
      expect(await seen("private", INSTANCE)).toBe("no answer");
      expect(await seen("nat", SERVER)).toBe(INSTANCE);
    });

    test("nothing gets in, even from somebody who knows a private address", async () => {
      await network.in("outside", "ip", "route", "add", TASK, "via", INSTANCE);
      expect(await seen("outside", TASK)).toBe("no answer");
      await network.in("outside", "ip", "route", "delete", TASK);
    });
  });

  describe("after a restart", () => {
    test("what its unit starts makes it forward again, also when it cannot be updated", async () => {
      await network.reboot();
      expect(await seen("private", SERVER)).toBe("no answer");
      const before = asked().length;
      network.place("/var/lib/failures", "one\n", 0o644);
      const start = /^ExecStart=(.+)$/m.exec(network.read(UNIT))?.[1];
      const { code, stderr } = await network.onInstance(String(start));
      expect([code, stderr]).toEqual([0, "nat-instance: no updates by themselves; the next boot tries again\n"]);
      expect(asked().slice(before)).toEqual(["dnf dnf-automatic"]);
      expect(await seen("private", SERVER)).toBe(INSTANCE);
    });

    test("a second run changes nothing", async () => {
      const rules = async () => (await network.onInstance("nft", "list", "ruleset")).stdout;
      const once = await rules();
      expect((await network.onInstance("/usr/local/sbin/nat-instance")).code).toBe(0);
      expect(await rules()).toBe(once);
      expect(once.match(/masquerade/g)).toHaveLength(1);
    });
  });
});
