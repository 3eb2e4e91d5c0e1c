/** Images that only one test needs: its box makes them before user data runs, with the stand-in for an app at hand. */
import * as fs from "node:fs";
import * as path from "node:path";
import { ROOT } from "../../helpers/folders";
import type { Box } from "./box";

export interface OwnImage {
  /** What starts in it. */
  readonly command: readonly string[];
  /** Files that it holds besides, by path; programs when they begin with "#!". */
  readonly files: Readonly<Record<string, string>>;
}

const APP = fs.readFileSync(path.join(ROOT, "__tests__", "box", "images", "app", "app.py"), "utf8");
const FOLDER = "/var/lib/rehearsal/images";
const UNIT = "rehearsal-own-images.service";

/** Prepares a box that has not been on yet. @param images by name */
export function placeOwnImages(box: Box, images: Readonly<Record<string, OwnImage>>): void {
  const builds = Object.entries(images).map(([name, { command, files }], index) => {
    const context = `${FOLDER}/${index}`;
    for (const [file, text] of Object.entries({ "/srv/app.py": APP, ...files })) {
      box.place(`${context}/files${file}`, text, text.startsWith("#!") ? 0o755 : 0o644);
    }
    // Not from the image of the app, which refuses health checks: those of this one say nothing about them.
    const lines = ["FROM rehearsal/base:1", "COPY files/ /", "USER 10001:10001", `CMD ${JSON.stringify(command)}`, ""];
    box.place(`${context}/Dockerfile`, lines.join("\n"));
    return `ExecStart=/usr/bin/docker build --quiet --network none --tag ${name} ${context}`;
  });
  box.place(`/etc/systemd/system/${UNIT}`, unit(builds));
  box.place(
    "/etc/systemd/system/rehearsal-user-data.service.d/own-images.conf",
    `[Unit]\nRequires=${UNIT}\nAfter=${UNIT}\n`,
  );
}

const unit = (builds: readonly string[]): string =>
  [
    "[Unit]",
    "Description=Rehearsal: images of one test",
    "Requires=docker.service",
    "After=docker.service",
    "ConditionPathExists=!/var/lib/rehearsal/user-data-done",
    "[Service]",
    "Type=oneshot",
    "Environment=DOCKER_BUILDKIT=0",
    ...builds,
    "",
  ].join("\n");
