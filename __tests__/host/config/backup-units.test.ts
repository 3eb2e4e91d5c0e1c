import { expect, test } from "vitest";
import { backupUnits } from "../../../modules/host/config/backup-units";
import { contextOf } from "../../helpers/compose";
import { type AppChanges, shop } from "../../helpers/fixtures";

const unitsOf = (changes: AppChanges = {}) =>
  Object.fromEntries(backupUnits(contextOf(shop(changes)), "shop-mvp").map(({ name, text }) => [name, text]));

test("a daily backup and a weekly drill of the newest", () => {
  expect(unitsOf({ backup: { dailyAt: "22:15" } })).toMatchInlineSnapshot(`
    {
      "shop-backup.service": "[Unit]
    Description=shop-mvp: backs up the databases
    # What was missed while the host was down is due at boot, when the database is still on its way.
    After=shop-data.service docker.service shop.service network-online.target

    [Service]
    Type=oneshot
    ExecStart=/opt/shop/bin/backup now --reason daily
    TimeoutStartSec=21600
    # Time to say what failed and to remove what is half done.
    TimeoutStopSec=120
    Nice=10
    CPUWeight=20
    IOWeight=20
    IOSchedulingClass=best-effort
    IOSchedulingPriority=7
    ",
      "shop-backup.timer": "[Unit]
    Description=shop-mvp: when the databases are backed up

    [Timer]
    OnCalendar=*-*-* 22:15:00 UTC
    Persistent=true
    AccuracySec=1min

    [Install]
    WantedBy=timers.target
    ",
      "shop-drill.service": "[Unit]
    Description=shop-mvp: proves that the newest backup can be restored
    # What was missed while the host was down is due at boot, when the database is still on its way.
    After=shop-data.service docker.service shop.service network-online.target

    [Service]
    Type=oneshot
    ExecStart=/opt/shop/bin/backup drill
    TimeoutStartSec=21600
    # Time to say what failed and to remove what is half done.
    TimeoutStopSec=120
    Nice=10
    CPUWeight=20
    IOWeight=20
    IOSchedulingClass=best-effort
    IOSchedulingPriority=7
    ",
      "shop-drill.timer": "[Unit]
    Description=shop-mvp: when a restore is proved

    [Timer]
    OnCalendar=Wed *-*-* 02:15:00 UTC
    Persistent=true
    AccuracySec=1min

    [Install]
    WantedBy=timers.target
    ",
    }
  `);
});

test.each([
  [8, "OnCalendar=Wed *-*-* 06:00:00 UTC"],
  [90, "OnCalendar=Wed *-*-* 06:00:00 UTC"],
  [7, "OnCalendar=*-*-* 06:00:00 UTC"],
  [2, "OnCalendar=*-*-* 06:00:00 UTC"],
])("when the alarm allows %i days between drills: %s", (drillMaxAgeDays, calendar) => {
  expect(unitsOf({ backup: { drillMaxAgeDays } })["shop-drill.timer"]).toContain(calendar);
});

test("a host without a database of its own has nothing to back up", () => {
  expect(unitsOf({ database: { mode: "none" } })).toEqual({});
});
