import { expect, test } from "vitest";
import { systemdUnits, timerSettings } from "../../../modules/host/config/systemd-units";
import { contextOf } from "../../helpers/compose";
import { shop } from "../../helpers/fixtures";

const unitsOf = (app = shop()) =>
  Object.fromEntries(systemdUnits(contextOf(app), "shop-mvp").map(({ name, text }) => [name, text]));

test("the unit of the app needs the mounted data volume, the images and the secrets", () => {
  expect(unitsOf()["shop.service"]).toMatchInlineSnapshot(`
    "[Unit]
    Description=shop-mvp: all containers of the app
    Requires=shop-data.service shop-containers.service
    Wants=docker.service shop-secrets.service shop-images.service
    After=shop-data.service shop-containers.service docker.service shop-secrets.service shop-images.service
    RequiresMountsFor=/opt/shop/data
    AssertPathIsMountPoint=/opt/shop/data

    [Service]
    Type=oneshot
    RemainAfterExit=yes
    ExecStart=/opt/shop/libexec/start
    ExecReload=/opt/shop/libexec/start
    ExecStop=/opt/shop/libexec/stop
    Restart=on-failure
    RestartSec=60
    RestartPreventExitStatus=3
    TimeoutStartSec=2700
    TimeoutStopSec=270

    [Install]
    WantedBy=multi-user.target
    "
  `);
});

test("a scheduled job has a service and a timer; a job by hand or at a release has none", () => {
  const { "shop.service": _, ...jobs } = unitsOf();
  expect(jobs).toMatchInlineSnapshot(`
    {
      "shop-job-report.service": "[Unit]
    Description=shop-mvp: job report
    # Not of the app itself: a job of one service does not wait for another that is unwell.
    Requisite=shop-containers.service
    After=shop.service

    [Service]
    Type=oneshot
    # Nothing to run before the service has been released.
    ExecCondition=/bin/grep -q ^IMAGE_API= /opt/shop/images.env
    ExecStart=/opt/shop/libexec/job report
    ExecStopPost=-/opt/shop/libexec/job --after report
    SuccessExitStatus=75
    TimeoutStartSec=960
    ",
      "shop-job-report.timer": "[Unit]
    Description=shop-mvp: when job report runs

    [Timer]
    OnCalendar=*-*-* 03:15:00 UTC
    Persistent=true
    AccuracySec=1s

    [Install]
    WantedBy=timers.target
    ",
    }
  `);
});

test("the time to stop covers every service's grace period", () => {
  const slow = { image: { build: {} }, port: 80, stopGraceSeconds: 120 };
  const text = unitsOf(shop({ services: { a: slow, b: slow }, jobs: {} }))["shop.service"] ?? "";
  expect(Number(/TimeoutStopSec=(\d+)/.exec(text)?.[1])).toBeGreaterThan(240 + 90);
});

test.each([
  [{ everyMinutes: 7 }, ["OnActiveSec=7min", "OnUnitActiveSec=7min"]],
  [{ dailyAt: "23:05" }, ["OnCalendar=*-*-* 23:05:00 UTC", "Persistent=true"]],
  [{ weeklyOn: "sunday", at: "02:30" }, ["OnCalendar=Sun *-*-* 02:30:00 UTC", "Persistent=true"]],
] as const)("%j", (schedule, expected) => {
  expect(timerSettings(schedule)).toEqual(expected);
});
