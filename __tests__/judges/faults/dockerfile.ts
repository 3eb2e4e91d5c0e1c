/** Mistakes in Dockerfiles. */
import type { Fault, SourceFault } from "./plant";

function inDockerfile(name: string, reportedBy: Fault["reportedBy"], change: (text: string) => string): SourceFault {
  return { name: `dockerfile-${name}`, reportedBy, file: "Dockerfile", change };
}

const without = (instruction: string) => (text: string) =>
  text
    .split("\n")
    .filter((line) => !line.startsWith(instruction))
    .join("\n");

const before = (line: string) => (text: string) => text.replace("USER ", `${line}\nUSER `);

export const dockerfileFaults: readonly SourceFault[] = [
  inDockerfile("latest", { hadolint: "DL3007" }, (text) => text.replace(/^FROM \S+/, "FROM node:latest")),
  inDockerfile("sudo", { hadolint: "DL3004" }, before("RUN sudo npm install")),
  inDockerfile("unpinned-package", { hadolint: "DL3008" }, before("RUN apt-get update && apt-get install -y curl")),
  inDockerfile("port-out-of-range", { hadolint: "DL3011" }, (text) => text.replace("8080", "99999")),
  inDockerfile("two-commands", { hadolint: "DL4003" }, (text) => `${text}CMD ["node", "other.js"]\n`),
  inDockerfile("shell-fault-in-run", { hadolint: "SC2086" }, before("RUN ls $HOME/$FILES")),
  inDockerfile("instruction-misspelt", { hadolint: "DL1000" }, (text) => text.replace("COPY dist", "COPPY dist")),
  inDockerfile("no-user", { "checkov-dockerfile": "CKV_DOCKER_3" }, without("USER")),
  inDockerfile("no-health-check", { "checkov-dockerfile": "CKV_DOCKER_2" }, without("HEALTHCHECK")),
  inDockerfile("add-from-anywhere", { "checkov-dockerfile": "CKV_DOCKER_4" }, before("ADD dist ./more")),
];
