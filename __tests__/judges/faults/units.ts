/** Mistakes in the systemd units that the host installs. */
import { type Expectation, type Fault, editShipped } from "./plant";

function inService(name: string, reported: Expectation, from: RegExp, to: string): Fault {
  return {
    name: `unit-${name}`,
    reportedBy: { systemd: reported },
    plant: (stack) => editShipped(stack, ".service", (text) => text.replace(from, to)),
  };
}

const unit = (text: RegExp): Expectation => ({ id: "UNIT", text });

export const unitFaults: readonly Fault[] = [
  inService("with-an-unknown-key", unit(/Unknown key.*'Descripton'/), /^Description=/m, "Descripton="),
  inService("with-an-unknown-section", unit(/Unknown section 'Instal'/), /^\[Install\]/m, "[Instal]"),
  inService("with-an-impossible-time", unit(/TimeoutStartSec/), /^TimeoutStartSec=.*/m, "TimeoutStartSec=20 minuets"),
  inService("with-a-relative-command", unit(/ExecStart|absolute|lacks/i), /^ExecStart=\//m, "ExecStart=./"),
  inService("with-an-unknown-type", unit(/service type/), /^Type=.*/m, "Type=once"),
  inService(
    "that-needs-an-unknown-unit",
    { id: "UNIT_MISSING", text: /dokcer/ },
    /^(?:Requires|Wants)=.*/m,
    "Requires=dokcer.service",
  ),
  inService(
    "with-a-missing-script",
    { id: "COMMAND_MISSING", text: /libexce/ },
    /^(ExecStart=\S+)libexec/m,
    "$1libexce",
  ),
];
