/** A disk for a box: a file behind a loop device, which may be blank, foreign or damaged. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { BOXES } from "./leftovers";

export class Volume {
  private constructor(
    readonly file: string,
    /** Path of the device on this machine. */
    readonly device: string,
    /** Id of the volume, such as "vol-0123". */
    readonly id: string,
  ) {}

  /** A blank disk. */
  static create(name: string, id: string, mebibytes: number): Volume {
    fs.mkdirSync(BOXES, { recursive: true });
    const file = path.join(BOXES, `${name}-${process.pid}.disk`);
    fs.rmSync(file, { force: true });
    fs.closeSync(fs.openSync(file, "w"));
    fs.truncateSync(file, mebibytes * 1024 * 1024);
    const device = execFileSync("losetup", ["--find", "--show", file], { encoding: "utf8" }).trim();
    return new Volume(file, device, id);
  }

  /** Its name below /dev/disk/by-id on EC2. */
  get linkName(): string {
    return `nvme-Amazon_Elastic_Block_Store_${this.id.replace("-", "")}`;
  }

  /** Runs a program of this machine on the device, such as mkfs. */
  run(command: string, ...args: string[]): string {
    return execFileSync(command, [...args, this.device], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  }

  /** Writes bytes at an offset. */
  write(offset: number, bytes: Buffer): void {
    const handle = fs.openSync(this.device, "r+");
    fs.writeSync(handle, bytes, 0, bytes.length, offset);
    fs.fsyncSync(handle);
    fs.closeSync(handle);
  }

  /** The first bytes, to show that they are what they were. */
  head(length: number): Buffer {
    const bytes = Buffer.alloc(length);
    const handle = fs.openSync(this.device, "r");
    fs.readSync(handle, bytes, 0, length, 0);
    fs.closeSync(handle);
    return bytes;
  }

  /** Makes it blank again. */
  wipe(): void {
    const size = fs.statSync(this.file).size;
    fs.truncateSync(this.file, 0);
    fs.truncateSync(this.file, size);
    execFileSync("blockdev", ["--flushbufs", this.device]);
  }

  /** Makes it larger, as a change of the volume's size does. */
  grow(mebibytes: number): void {
    fs.truncateSync(this.file, mebibytes * 1024 * 1024);
    execFileSync("losetup", ["--set-capacity", this.device]);
  }

  destroy(): void {
    execFileSync("losetup", ["--detach", this.device]);
    fs.rmSync(this.file, { force: true });
  }
}
