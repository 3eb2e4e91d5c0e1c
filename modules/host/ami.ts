/** Operating systems that the host may run. */
export type HostOs = "ubuntu-24.04" | "amazon-linux-2023";
export type HostArch = "x86_64" | "arm64";

/**
 * The public SSM parameter that names the newest image of an operating system. Canonical and AWS publish it in every
 * region, so no image id has to be kept by hand.
 */
export function amiParameter(os: HostOs, arch: HostArch): string {
  if (os === "amazon-linux-2023") {
    return `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${arch}`;
  }
  const debianArch = arch === "x86_64" ? "amd64" : "arm64";
  return `/aws/service/canonical/ubuntu/server/24.04/stable/current/${debianArch}/hvm/ebs-gp3/ami-id`;
}
