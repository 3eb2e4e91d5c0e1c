/** An app that is deployed, and the box that is its host. */
import * as fs from "node:fs";
import * as path from "node:path";
import { type AppInput } from "../../../modules/spec";
import { boxAssets } from "./assets";
import { Box } from "./box";
import { Cloud } from "./cloud";
import { removeLeftovers } from "./leftovers";
import { Volume } from "./volume";

/** Milliseconds that the first rehearsal of all may take to make its root file system and its images. */
export const ASSETS_MS = 900_000;

export interface Machine {
  readonly cloud: Cloud;
  readonly box: Box;
  /** The data volume. */
  readonly volume: Volume;
  /** Waits until user data has run to its end, and answers what it said. */
  firstBoot(): Promise<string>;
  /**
   * Another box of the same stack with an empty root disk, as after the loss of the first.
   *
   * @param kept the data volume of the first, which is off by then. @default - an empty one
   */
  replacement(kept?: Volume): Promise<Machine>;
  close(): Promise<void>;
}

export interface MachineOptions {
  /** Size of the data volume. @default 1024 */
  readonly mebibytes?: number;
  /** @default "mvp" */
  readonly stack?: string;
}

/** Deploys an app and prepares its box, which is still off. */
export async function openMachine(name: string, app: AppInput, options: MachineOptions = {}): Promise<Machine> {
  removeLeftovers();
  return machineIn(name, await Cloud.deploy(name, app, options.stack ?? "mvp"), options);
}

/** Prepares the box of a stack that is deployed already. */
export async function machineIn(name: string, cloud: Cloud, options: MachineOptions = {}): Promise<Machine> {
  return machineOf(name, cloud, options.mebibytes ?? 1024, () => cloud.close());
}

async function machineOf(
  name: string,
  cloud: Cloud,
  mebibytes: number,
  closeCloud: () => Promise<void>,
  kept?: Volume,
): Promise<Machine> {
  const volume = kept ?? Volume.create(name, cloud.volumeId, mebibytes);
  const assets = await boxAssets();
  fs.cpSync(assets.internet, path.join(cloud.shared, "internet"), { recursive: true });
  const box = new Box(name, { ...assets, shared: cloud.shared });
  await box.prepare();
  box.place("/var/lib/rehearsal/user-data", cloud.userData, 0o755);
  box.attach(volume);
  return {
    cloud,
    box,
    volume,
    firstBoot: () => userDataEnds(box),
    replacement: (keeps) => machineOf(`${name}-new`, cloud, mebibytes, () => Promise.resolve(), keeps),
    close: async () => {
      await box.destroy();
      if (kept === undefined) volume.destroy();
      await closeCloud();
    },
  };
}

async function userDataEnds(box: Box): Promise<string> {
  const unit = "rehearsal-user-data.service";
  const state = `$(systemctl show --property=ActiveState --value ${unit})`;
  await box.waitFor(`test -e /var/lib/rehearsal/user-data-done && [[ "${state}" =~ ^(inactive|failed)$ ]]`, 300);
  return box.journal(unit);
}
