import { expect, test } from "vitest";
import { hostUnits } from "../../../modules/host/config/host-units";
import { contextOf } from "../../helpers/compose";
import { shop, type AppChanges } from "../../helpers/fixtures";

const unitsOf = (changes: AppChanges = {}) =>
  Object.fromEntries(hostUnits(contextOf(shop(changes)), "shop-mvp").map(({ name, text }) => [name, text]));

test("the units around the app", () => {
  expect(unitsOf()).toMatchInlineSnapshot(`
    {
      "docker.service.d/shop.conf": "# shop-mvp: no container runs without the data volume.
    [Unit]
    Requires=shop-data.service
    After=shop-data.service
    RequiresMountsFor=/opt/shop/data
    AssertPathIsMountPoint=/opt/shop/data
    ",
      "docker.socket.d/shop.conf": "# shop-mvp: without the data volume a question to Docker fails at once.
    [Unit]
    DefaultDependencies=no
    Requires=shop-data.service
    After=sysinit.target shop-data.service
    Conflicts=shutdown.target
    Before=shutdown.target
    ",
      "shop-containers.service": "[Unit]
    Description=shop-mvp: stops the containers cleanly at shutdown
    After=docker.service shop-data.service
    RequiresMountsFor=/opt/shop/data

    [Service]
    Type=oneshot
    RemainAfterExit=yes
    ExecStart=/bin/true
    ExecStop=/opt/shop/libexec/stop
    TimeoutStopSec=270

    [Install]
    WantedBy=multi-user.target
    ",
      "shop-data.service": "[Unit]
    Description=shop-mvp: the data volume
    After=local-fs.target
    Before=docker.service

    [Service]
    Type=oneshot
    RemainAfterExit=yes
    ExecStart=/opt/shop/libexec/data-volume
    # A volume that has grown is taken up without a break.
    ExecReload=/opt/shop/libexec/data-volume
    TimeoutStartSec=900

    [Install]
    WantedBy=multi-user.target
    ",
      "shop-images.service": "[Unit]
    Description=shop-mvp: which images are released
    Wants=network-online.target
    After=network-online.target
    Before=shop.service

    [Service]
    Type=oneshot
    ExecStart=/opt/shop/libexec/images
    TimeoutStartSec=300
    ",
      "shop-metrics.service": "[Unit]
    Description=shop-mvp: memory, disks and age of backups

    [Service]
    Type=oneshot
    ExecStart=/opt/shop/libexec/metrics
    TimeoutStartSec=120
    ",
      "shop-metrics.timer": "[Unit]
    Description=shop-mvp: when metrics are sent

    [Timer]
    OnActiveSec=1min
    # By the clock, so that each period of the alarms has a value.
    OnCalendar=*:0/5
    AccuracySec=1s

    [Install]
    WantedBy=timers.target
    ",
      "shop-secrets.service": "[Unit]
    Description=shop-mvp: secrets, from AWS to memory
    Requires=shop-data.service
    Wants=network-online.target
    After=network-online.target shop-data.service
    Before=shop.service

    [Service]
    Type=oneshot
    ExecStart=/opt/shop/libexec/secrets
    TimeoutStartSec=300
    ",
    }
  `);
});

test("a Spot instance has a watcher that always runs", () => {
  expect(unitsOf({ host: { spot: true } })["shop-spot.service"]).toMatchInlineSnapshot(`
    "[Unit]
    Description=shop-mvp: stops cleanly before EC2 takes the instance
    After=docker.service
    StartLimitIntervalSec=0

    [Service]
    ExecStart=/opt/shop/libexec/spot-watcher
    Restart=always
    RestartSec=5

    [Install]
    WantedBy=multi-user.target
    "
  `);
});

test("nginx with TLS has certificates to ask for, Caddy and plain HTTP have none", () => {
  const isAboutCertificates = (name: string) => name.includes("certificates");
  expect(unitsOf({ ingress: { proxy: "nginx" } })["shop-certificates.timer"]).toMatchInlineSnapshot(`
    "[Unit]
    Description=shop-mvp: when certificates are asked for and renewed

    [Timer]
    # Twice a day as Let's Encrypt asks for; soon after a start, because names may point here only then.
    OnActiveSec=2min
    OnUnitActiveSec=12h
    RandomizedDelaySec=10min

    [Install]
    WantedBy=timers.target
    "
  `);
  expect(Object.keys(unitsOf()).filter(isAboutCertificates)).toEqual([]);
  const plain = unitsOf({ ingress: { proxy: "nginx", tls: { off: "behind a load balancer" } } });
  expect(Object.keys(plain).filter(isAboutCertificates)).toEqual([]);
});

test("Docker needs the data volume, and the volume comes before Docker", () => {
  const units = unitsOf();
  const dropIn = units["docker.service.d/shop.conf"] ?? "";
  for (const line of [
    "Requires=shop-data.service",
    "After=shop-data.service",
    "AssertPathIsMountPoint=/opt/shop/data",
  ]) {
    expect(dropIn).toContain(`\n${line}\n`);
  }
  expect(units["shop-data.service"]).toContain("\nBefore=docker.service\n");
});
