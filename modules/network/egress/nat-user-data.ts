import { readFileSync } from "node:fs";
import { join } from "node:path";
import { literalText } from "../../terraform/escape";
import { projectRoot } from "../../terraform/project-root";

/**
 * User data of the NAT instance. It depends on nothing but the range of the network, so that another zone leaves the
 * instance alone.
 *
 * @param network range whose packets are translated on their way outside
 */
export function natUserData(network: string): string {
  const script = readFileSync(join(projectRoot(), "modules/network/files/nat-instance.sh"), "utf8");
  return literalText(script.replace("@NETWORK@", () => network));
}
