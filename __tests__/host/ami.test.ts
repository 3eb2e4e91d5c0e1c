import { expect, test } from "vitest";
import { amiParameter, type HostArch, type HostOs } from "../../modules/host/ami";

const UBUNTU = "/aws/service/canonical/ubuntu/server/24.04/stable/current";
const AMAZON = "/aws/service/ami-amazon-linux-latest";

test.each<[os: HostOs, arch: HostArch, parameter: string]>([
  ["ubuntu-24.04", "x86_64", `${UBUNTU}/amd64/hvm/ebs-gp3/ami-id`],
  ["ubuntu-24.04", "arm64", `${UBUNTU}/arm64/hvm/ebs-gp3/ami-id`],
  ["amazon-linux-2023", "x86_64", `${AMAZON}/al2023-ami-kernel-default-x86_64`],
  ["amazon-linux-2023", "arm64", `${AMAZON}/al2023-ami-kernel-default-arm64`],
])("%s on %s", (os, arch, parameter) => {
  expect(amiParameter(os, arch)).toBe(parameter);
});
