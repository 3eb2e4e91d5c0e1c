import type { ContainerContext } from "../../containers/context";
import { proxyOf } from "../../containers/names";
import { isOn } from "../../spec";
import { stopSeconds, type Unit } from "./systemd-units";
import { lines } from "./text";

/** Between two reports of the host's metrics; the alarms on them look at five minutes at a time. */
const METRICS_EVERY_MINUTES = 5;
/** Longest wait for the data volume at boot, its check and its growth included. */
const DATA_TIMEOUT_SECONDS = 900;
/** Reading from AWS, with its own bounded tries. */
const AWS_TIMEOUT_SECONDS = 300;

/** The units around the app: what must be there before its containers start, what stops them, what watches. */
export function hostUnits(context: ContainerContext, stack: string): Unit[] {
  return [
    dataUnit(context, stack),
    dockerDropIn(context, stack),
    socketDropIn(context, stack),
    secretsUnit(context, stack),
    imagesUnit(context, stack),
    containersUnit(context, stack),
    ...metricsUnits(context, stack),
    ...(context.app.host.spot ? [spotUnit(context, stack)] : []),
    ...certificateUnits(context, stack),
  ];
}

const libexec = ({ layout }: ContainerContext, script: string): string => `${layout.appDir}/libexec/${script}`;

/** Mounts by itself instead of through a mount unit: that would wait for a device to be announced, and cannot format. */
function dataUnit(context: ContainerContext, stack: string): Unit {
  return {
    name: `${context.app.name}-data.service`,
    text: lines(
      "[Unit]",
      `Description=${stack}: the data volume`,
      "After=local-fs.target",
      "Before=docker.service",
      "",
      "[Service]",
      "Type=oneshot",
      "RemainAfterExit=yes",
      `ExecStart=${libexec(context, "data-volume")}`,
      "# A volume that has grown is taken up without a break.",
      `ExecReload=${libexec(context, "data-volume")}`,
      `TimeoutStartSec=${DATA_TIMEOUT_SECONDS}`,
      "",
      "[Install]",
      "WantedBy=multi-user.target",
    ),
  };
}

/** Docker starts containers by itself after a crash: without the data volume it must not run at all. */
function dockerDropIn({ app, layout }: ContainerContext, stack: string): Unit {
  return {
    name: `docker.service.d/${app.name}.conf`,
    text: lines(
      `# ${stack}: no container runs without the data volume.`,
      "[Unit]",
      `Requires=${app.name}-data.service`,
      `After=${app.name}-data.service`,
      `RequiresMountsFor=${layout.dataDir}`,
      `AssertPathIsMountPoint=${layout.dataDir}`,
    ),
  };
}

/**
 * Docker's socket would start the engine whenever someone asks it, again and again while the volume is missing, and let
 * them wait. It must not be ordered before all sockets of the machine, because the volume comes later than those.
 */
function socketDropIn({ app }: ContainerContext, stack: string): Unit {
  return {
    name: `docker.socket.d/${app.name}.conf`,
    text: lines(
      `# ${stack}: without the data volume a question to Docker fails at once.`,
      "[Unit]",
      "DefaultDependencies=no",
      `Requires=${app.name}-data.service`,
      `After=sysinit.target ${app.name}-data.service`,
      "Conflicts=shutdown.target",
      "Before=shutdown.target",
    ),
  };
}

/**
 * Runs again at each start of the app, so that a secret that a person has added is taken up. The data volume knows which
 * secrets were made before.
 */
function secretsUnit(context: ContainerContext, stack: string): Unit {
  return awsUnit(context, "secrets", `${stack}: secrets, from AWS to memory`, `${context.app.name}-data.service`);
}

function imagesUnit(context: ContainerContext, stack: string): Unit {
  return awsUnit(context, "images", `${stack}: which images are released`);
}

function awsUnit(context: ContainerContext, script: string, description: string, required?: string): Unit {
  return {
    name: `${context.app.name}-${script}.service`,
    text: lines(
      "[Unit]",
      `Description=${description}`,
      required === undefined ? [] : [`Requires=${required}`],
      "Wants=network-online.target",
      ["After=network-online.target", ...(required === undefined ? [] : [required])].join(" "),
      `Before=${context.app.name}.service`,
      "",
      "[Service]",
      "Type=oneshot",
      `ExecStart=${libexec(context, script)}`,
      `TimeoutStartSec=${AWS_TIMEOUT_SECONDS}`,
    ),
  };
}

/**
 * Stops the containers in order at shutdown and whenever a person stops this unit, also those that run although the app's own unit has failed: with Docker's
 * live-restore nothing else would stop PostgreSQL before the data volume goes.
 */
function containersUnit(context: ContainerContext, stack: string): Unit {
  const { app, layout } = context;
  return {
    name: `${app.name}-containers.service`,
    text: lines(
      "[Unit]",
      `Description=${stack}: stops the containers cleanly at shutdown`,
      `After=docker.service ${app.name}-data.service`,
      `RequiresMountsFor=${layout.dataDir}`,
      "",
      "[Service]",
      "Type=oneshot",
      "RemainAfterExit=yes",
      "ExecStart=/bin/true",
      `ExecStop=${libexec(context, "stop")}`,
      `TimeoutStopSec=${stopSeconds(context)}`,
      "",
      "[Install]",
      "WantedBy=multi-user.target",
    ),
  };
}

function metricsUnits(context: ContainerContext, stack: string): Unit[] {
  const name = `${context.app.name}-metrics`;
  return [
    {
      name: `${name}.service`,
      text: lines(
        "[Unit]",
        `Description=${stack}: memory, disks and age of backups`,
        "",
        "[Service]",
        "Type=oneshot",
        `ExecStart=${libexec(context, "metrics")}`,
        "TimeoutStartSec=120",
      ),
    },
    {
      name: `${name}.timer`,
      text: lines(
        "[Unit]",
        `Description=${stack}: when metrics are sent`,
        "",
        "[Timer]",
        "OnActiveSec=1min",
        "# By the clock, so that each period of the alarms has a value.",
        `OnCalendar=*:0/${METRICS_EVERY_MINUTES}`,
        "AccuracySec=1s",
        "",
        "[Install]",
        "WantedBy=timers.target",
      ),
    },
  ];
}

function spotUnit(context: ContainerContext, stack: string): Unit {
  return {
    name: `${context.app.name}-spot.service`,
    text: lines(
      "[Unit]",
      `Description=${stack}: stops cleanly before EC2 takes the instance`,
      "After=docker.service",
      "StartLimitIntervalSec=0",
      "",
      "[Service]",
      `ExecStart=${libexec(context, "spot-watcher")}`,
      "Restart=always",
      "RestartSec=5",
      "",
      "[Install]",
      "WantedBy=multi-user.target",
    ),
  };
}

/** nginx only: Caddy gets its certificates itself. */
function certificateUnits(context: ContainerContext, stack: string): Unit[] {
  const { app } = context;
  if (proxyOf(app) !== "nginx" || !isOn(app.ingress.tls)) return [];
  const name = `${app.name}-certificates`;
  return [
    {
      name: `${name}.service`,
      text: lines(
        "[Unit]",
        `Description=${stack}: certificates of nginx`,
        "Wants=network-online.target",
        `After=network-online.target ${app.name}.service`,
        "",
        "[Service]",
        "Type=oneshot",
        `ExecStart=${libexec(context, "certificates")}`,
        "TimeoutStartSec=900",
      ),
    },
    {
      name: `${name}.timer`,
      text: lines(
        "[Unit]",
        `Description=${stack}: when certificates are asked for and renewed`,
        "",
        "[Timer]",
        "# Twice a day as Let's Encrypt asks for; soon after a start, because names may point here only then.",
        "OnActiveSec=2min",
        "OnUnitActiveSec=12h",
        "RandomizedDelaySec=10min",
        "",
        "[Install]",
        "WantedBy=timers.target",
      ),
    },
  ];
}
