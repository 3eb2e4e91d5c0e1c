interface StackTraceModule {
  captureStackTrace: () => string[];
}

/**
 * CDKTF captures an unlimited stack trace for every token, which costs most of the time of a synth and is printed only
 * when a token cannot be resolved. This turns the capture off. It is the one place that touches a private file of cdktf.
 */
export function turnOffCreationTraces(): void {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const traces = require("cdktf/lib/tokens/private/stack-trace") as StackTraceModule;
  traces.captureStackTrace = () => [];
}
