/** Mistakes in the Compose file that the host runs. */
import type { Scalar, YAMLMap } from "yaml";
import { type Fault, editCompose, editService } from "./plant";

function inService(name: string, text: RegExp, change: (service: YAMLMap, compose: YAMLMap) => void): Fault {
  return {
    name: `compose-${name}`,
    reportedBy: { "compose-go": { id: "COMPOSE", text } },
    plant: (stack) => editService(stack, change),
  };
}

export const composeFaults: readonly Fault[] = [
  inService("field-misspelt", /enviroment/, (service) => service.set("enviroment", { A: "b" })),
  inService("port-out-of-range", /port/i, (service) => service.set("ports", ["127.0.0.1:8080:99999"])),
  inService("missing-dependency", /depends on undefined service "?nobody/, (service) => {
    service.set("depends_on", ["nobody"]);
  }),
  inService("missing-volume", /undefined volume nowhere/, (service) => service.set("volumes", ["nowhere:/data"])),
  inService("missing-network", /undefined network nowhere/, (service) => service.set("networks", ["nowhere"])),
  inService("missing-secret", /undefined secret nothing/, (service) => service.set("secrets", ["nothing"])),
  inService("missing-environment-file", /missing\.env/, (service) => service.set("env_file", ["./missing.env"])),
  inService("interval-that-is-no-time", /invalid duration/i, (service) => {
    service.set("healthcheck", { test: ["CMD", "true"], interval: "ten" });
  }),
  inService("memory-that-is-no-size", /invalid suffix/, (service) => service.set("mem_limit", "12X")),
  inService("restart-misspelt", /no restart policy "allways"/, (service) => service.set("restart", "allways")),
  inService("dependency-on-itself", /cycle|depends on itself/i, (service, compose) => {
    service.set("depends_on", [String((compose.get("services") as YAMLMap<Scalar>).items[0]?.key)]);
  }),
  inService("condition-misspelt", /condition/, (service) => {
    service.set("depends_on", { postgres: { condition: "service_helthy" } });
  }),
  inService("missing-config", /undefined config nothing/, (service) => service.set("configs", ["nothing"])),
  inService("container-limit-that-is-no-number", /pids_limit/, (service) => service.set("pids_limit", "many")),
  inService("variable-never-closed", /invalid interpolation/i, (service) => service.set("image", "$${IMAGE")),
  {
    name: "compose-key-twice",
    reportedBy: { "compose-go": { id: "COMPOSE", text: /services.* already (defined|set)|duplicate/i } },
    plant: (stack) => editCompose(stack, (text) => `${text}\nservices: {}\n`),
  },
];
