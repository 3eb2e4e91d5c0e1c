import type { ComposeLogging } from "./compose";

/** Where container logs go. */
export interface LogTarget {
  readonly logs: "cloudwatch" | "local";
  readonly region: string;
  /** Log group per container; opaque. */
  readonly logGroups: Readonly<Record<string, string>>;
}

/**
 * Docker's logging of one container. With CloudWatch, a slow or absent CloudWatch drops lines instead of blocking the
 * process, and Docker keeps a rotated copy of its own, so that `docker logs` works in both cases.
 *
 * @param group - container whose log group is used; a job shares that of its service
 */
export function logging({ logs, region, logGroups }: LogTarget, group: string): ComposeLogging {
  if (logs === "local") return { driver: "json-file", options: { "max-size": "20m", "max-file": "5" } };
  const name = logGroups[group];
  if (name === undefined) throw new Error(`container "${group}" has no log group`);
  return {
    driver: "awslogs",
    options: {
      "awslogs-region": region,
      "awslogs-group": name,
      "awslogs-create-group": "false",
      tag: "{{.Name}}",
      mode: "non-blocking",
      "max-buffer-size": "4m",
    },
  };
}
