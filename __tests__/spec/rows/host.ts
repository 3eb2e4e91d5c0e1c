import type { Row } from "./row";

/** Instance, logs and alarms. */
export const HOST_ROWS: readonly Row[] = [
  {
    name: "instance type without a size",
    patch: { host: { instanceType: "t3" } },
    lines: [
      `shop-mvp: host.instanceType is "t3"; allowed: an EC2 instance type such as "t3.medium"; take it from the EC2 price list`,
    ],
  },
  {
    name: "instance type without NVMe volumes",
    rule: "instance-has-nvme",
    patch: { host: { instanceType: "m4.large" } },
    lines: [
      `shop-mvp: host.instanceType is "m4.large"; allowed: a type of the Nitro System; on this older one the host would not find its data volume; take a t3, t3a, m7i, c7i or r6i type`,
    ],
  },
  {
    name: "operating system that does not exist",
    patch: { host: { os: "ubuntu-22.04" } },
    lines: [`shop-mvp: host.os is "ubuntu-22.04"; allowed: "ubuntu-24.04" | "amazon-linux-2023"; choose one of these`],
  },
  {
    name: "Spot in words",
    patch: { host: { spot: "yes" } },
    lines: [`shop-mvp: host.spot is "yes"; allowed: true | false; set true or false, without quotes`],
  },
  {
    name: "credit mode that does not exist",
    patch: { host: { cpuCredits: "none" } },
    lines: [`shop-mvp: host.cpuCredits is "none"; allowed: "standard" | "unlimited"; choose one of these`],
  },
  {
    name: "credit mode of a type without credits",
    rule: "credits-need-burstable",
    patch: { host: { instanceType: "m7i.large", cpuCredits: "standard" } },
    lines: [
      `shop-mvp: host.cpuCredits is "standard"; allowed: nothing while host.instanceType is "m7i.large"; remove it, or take a t3, t3a or t4g type`,
    ],
  },
  {
    name: "small root disk",
    patch: { host: { rootGiB: 4 } },
    lines: [
      "shop-mvp: host.rootGiB is 4; allowed: a whole number from 8 to 16384 (GiB); set a number in that range, without quotes",
    ],
  },
  {
    name: "data volume of no size",
    patch: { host: { dataGiB: 0 } },
    lines: [
      "shop-mvp: host.dataGiB is 0; allowed: a whole number from 1 to 16384 (GiB); set a number in that range, without quotes",
    ],
  },
  {
    name: "snapshots for ever",
    patch: { host: { snapshotsKept: 1000 } },
    lines: [
      "shop-mvp: host.snapshotsKept is 1000; allowed: a whole number from 0 to 365 (snapshots); set a number in that range, without quotes",
    ],
  },
  {
    name: "app folder with a blank",
    patch: { host: { appDir: "/opt/my shop" } },
    lines: [
      `shop-mvp: host.appDir is "/opt/my shop"; allowed: an absolute path such as "/var/cache"; start with /, use no spaces and neither . nor .. as a part`,
    ],
  },
  {
    name: "app folder by a way back",
    patch: { host: { appDir: "/opt/../etc" } },
    lines: [
      `shop-mvp: host.appDir is "/opt/../etc"; allowed: an absolute path such as "/var/cache"; start with /, use no spaces and neither . nor .. as a part`,
    ],
  },
  {
    name: "app folder of the system",
    rule: "app-dir-is-own",
    patch: { host: { appDir: "/usr/local/shop" } },
    lines: [
      `shop-mvp: host.appDir is "/usr/local/shop"; allowed: a folder outside /bin, /boot, /dev, /etc, /lib, /lib64, /proc, /root, /run, /sbin, /sys, /tmp, /usr; choose a folder such as /opt/<name> or /srv/<name>`,
    ],
  },
  {
    name: "key pair with a blank",
    patch: { host: { keyName: "my key" } },
    lines: [`shop-mvp: host.keyName is "my key"; allowed: the name of an EC2 key pair; copy it from the EC2 console`],
  },
  {
    name: "SSH in one text",
    patch: { host: { keyName: "ops", sshCidrs: "203.0.113.7/32" } },
    lines: [
      `shop-mvp: host.sshCidrs is "203.0.113.7/32"; allowed: a list of up to 64 IPv4 ranges; write it in square brackets`,
    ],
  },
  {
    name: "SSH for the world",
    patch: { host: { keyName: "ops", sshCidrs: ["0.0.0.0/0"] } },
    lines: [
      `shop-mvp: host.sshCidrs[0] is "0.0.0.0/0"; allowed: an IPv4 range such as "203.0.113.7/32", with a prefix of /8 or longer; name the addresses that need access, or use SSM sessions instead`,
    ],
  },
  {
    name: "SSH without a key pair",
    rule: "ssh-needs-key-pair",
    patch: { host: { sshCidrs: ["203.0.113.7/32"] } },
    lines: [
      "shop-mvp: host.sshCidrs is a list of 1; allowed: an empty list while host.keyName is missing; set host.keyName, or remove the ranges and use SSM sessions",
    ],
  },
  {
    name: "containers larger than the instance",
    rule: "memory-fits",
    patch: { host: { instanceType: "t3.small" }, services: { api: { memoryMiB: 1536 } } },
    lines: [
      `shop-mvp: host.instanceType is "t3.small" (2048 MiB); allowed: a type with at least 3264 MiB, which the containers and the system need together; take a larger type, or lower memoryMiB of services or the database`,
    ],
  },
  {
    name: "logs for two days",
    patch: { observability: { logDays: 2 } },
    lines: [
      "shop-mvp: observability.logDays is 2; allowed: 1 | 3 | 5 | 7 | 14 | 30 | 60 | 90 | 120 | 150 | 180 | 365 | 400 | 545 | 731 (days); choose a retention that CloudWatch Logs knows",
    ],
  },
  {
    name: "logs elsewhere",
    patch: { observability: { logs: "datadog" } },
    lines: [`shop-mvp: observability.logs is "datadog"; allowed: "cloudwatch" | "local"; choose one of these`],
  },
  {
    name: "alarms off without a reason",
    patch: { observability: { alarms: false } },
    lines: [
      `shop-mvp: observability.alarms is false; allowed: true, or { off: "<the reason, 10 to 200 characters>" }; leave it out to keep the safety on, or write the reason for turning it off`,
    ],
  },
  {
    name: "alarms off with a reason of a wrong kind",
    patch: { observability: { alarms: { off: 1 } } },
    lines: [
      "shop-mvp: observability.alarms.off is 1; allowed: one sentence of 10 to 200 characters; say why this app does without the safety",
    ],
  },
  {
    name: "mail address as a text",
    patch: { observability: { emails: "ops@example.com" } },
    lines: [
      `shop-mvp: observability.emails is "ops@example.com"; allowed: a list of up to 64 mail addresses; write it in square brackets`,
    ],
  },
  {
    name: "no mail address in the list",
    patch: { observability: { emails: ["ops"] } },
    lines: [
      `shop-mvp: observability.emails[0] is "ops"; allowed: a mail address such as "ops@example.com"; write one that people read`,
    ],
  },
  {
    name: "mail without alarms",
    rule: "emails-need-alarms",
    patch: { observability: { alarms: { off: "nobody is on call" } } },
    lines: [
      "shop-mvp: observability.emails is a list of 1; allowed: an empty list while observability.alarms is off; remove the addresses, or turn the alarms on",
    ],
  },
  {
    name: "dashboard in words",
    patch: { observability: { dashboard: "on" } },
    lines: [`shop-mvp: observability.dashboard is "on"; allowed: true | false; set true or false, without quotes`],
  },
];
