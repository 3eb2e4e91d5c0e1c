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
 * process, and Docker keeps a rotated copy of its own, so that `docker logs` works in both cases. Non-blocking covers the
 * start too: every engine since 2018 makes the log stream in the background then, so a container starts while CloudWatch
 * cannot be reached (moby/moby pull request 36522); lines beyond the buffer are lost until it can be. A log group that does
 * not exist is not covered: the end of such a container can hang (moby/moby issue 53143). Terraform makes the groups.
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
