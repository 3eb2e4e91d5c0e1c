import { instanceSize, isBurstable, XEN_FAMILIES } from "../instance-types";
import { neededMemoryMiB } from "../memory";
import { showValue } from "../show";
import { finding, quote, type Rule } from "./rule";

const memoryFits: Rule = {
  id: "memory-fits",
  description: "All containers and the system fit into the instance's memory.",
  check: ({ app }) => {
    const size = instanceSize(app.host.instanceType);
    const needed = neededMemoryMiB(app);
    if (!size || needed <= size.memoryMiB) return [];
    return [
      finding(
        ["host", "instanceType"],
        `${quote(app.host.instanceType)} (${size.memoryMiB} MiB)`,
        `a type with at least ${needed} MiB, which the containers and the system need together`,
        "take a larger type, or lower memoryMiB of services or the database",
      ),
    ];
  },
};

const instanceHasNvme: Rule = {
  id: "instance-has-nvme",
  description: "The instance shows its volumes as NVMe devices, by which the host finds the data volume.",
  check: ({ app: { host } }) =>
    XEN_FAMILIES.includes(host.instanceType.split(".")[0] ?? "")
      ? [
          finding(
            ["host", "instanceType"],
            quote(host.instanceType),
            "a type of the Nitro System; on this older one the host would not find its data volume",
            "take a t3, t3a, m7i, c7i or r6i type",
          ),
        ]
      : [],
};

const CPU_UNITS = 1024;

const cpuFits: Rule = {
  id: "cpu-fits",
  description: "No service may use more CPU than the instance has; Docker would refuse to start it.",
  check: ({ app }) => {
    const size = instanceSize(app.host.instanceType);
    if (!size) return [];
    const most = size.vcpus * CPU_UNITS;
    return Object.entries(app.services)
      .filter(([, { cpu }]) => cpu > most)
      .map(([name, { cpu }]) =>
        finding(
          ["services", name, "cpu"],
          String(cpu),
          `up to ${most}, the ${size.vcpus} vCPUs of a ${app.host.instanceType}`,
          "lower it, or take a larger host.instanceType",
        ),
      );
  },
};

const creditsNeedBurstable: Rule = {
  id: "credits-need-burstable",
  description: "A CPU credit mode is given for burstable types only.",
  check: ({ app: { host } }) =>
    host.cpuCredits === undefined || isBurstable(host.instanceType)
      ? []
      : [
          finding(
            ["host", "cpuCredits"],
            quote(host.cpuCredits),
            `nothing while host.instanceType is ${quote(host.instanceType)}`,
            "remove it, or take a t3, t3a or t4g type",
          ),
        ],
};

const sshNeedsKeyPair: Rule = {
  id: "ssh-needs-key-pair",
  description: "Port 22 is opened only when someone could sign in with a key pair.",
  check: ({ app: { host } }) =>
    host.sshCidrs.length === 0 || host.keyName !== undefined
      ? []
      : [
          finding(
            ["host", "sshCidrs"],
            showValue(host.sshCidrs),
            "an empty list while host.keyName is missing",
            "set host.keyName, or remove the ranges and use SSM sessions",
          ),
        ],
};

/** Folders of the operating system in which an app has no place. */
const SYSTEM_FOLDERS = [
  "bin",
  "boot",
  "dev",
  "etc",
  "lib",
  "lib64",
  "proc",
  "root",
  "run",
  "sbin",
  "sys",
  "tmp",
  "usr",
];

const appDirIsOwn: Rule = {
  id: "app-dir-is-own",
  description: "The app's folder is not one of the operating system's.",
  check: ({ app: { host } }) => {
    const [, top = ""] = host.appDir?.split("/") ?? [];
    if (!SYSTEM_FOLDERS.includes(top)) return [];
    return [
      finding(
        ["host", "appDir"],
        showValue(host.appDir),
        `a folder outside /${SYSTEM_FOLDERS.join(", /")}`,
        "choose a folder such as /opt/<name> or /srv/<name>",
      ),
    ];
  },
};

export const HOST_RULES: readonly Rule[] = [
  instanceHasNvme,
  memoryFits,
  cpuFits,
  creditsNeedBurstable,
  sshNeedsKeyPair,
  appDirIsOwn,
];
