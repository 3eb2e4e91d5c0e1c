import { z } from "zod";
import { flag, oneOf, text, wholeNumber } from "../fields";

/** The Application Load Balancer of tier growth. */
export const alb = z.strictObject({
  /** Certificate of ACM in the stack's region. @default - one that the stack requests for its public hosts */
  certificateArn: text(
    /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[0-9a-f-]{36}$/,
    "the ARN of a certificate of ACM",
    "copy it from the ACM console, of the region of the stack",
  ).optional(),
  /** Seconds until a connection without traffic is closed. @default 60 */
  idleSeconds: wholeNumber(1, 4000, "seconds").default(60),
  /** Days that access logs are kept in their bucket; 0 writes none. @default 30 */
  accessLogDays: wholeNumber(0, 3650, "days").default(30),
  /** A web application firewall: managed common rules and a limit of requests per address. @default - none */
  waf: z
    .strictObject({
      /** Most requests of one address in five minutes. @default 2000 */
      requestsPerFiveMinutes: wholeNumber(100, 2_000_000_000, "requests").default(2000),
    })
    .optional(),
});

/** The containers of tier growth: ECS on Fargate. */
export const ecs = z.strictObject({
  /** Processor architecture of the images. @default "x86_64" */
  architecture: oneOf(["x86_64", "arm64"]).default("x86_64"),
  /** Container Insights: "enhanced" has figures per task, "enabled" per service. Both cost by metric. @default "enabled" */
  insights: oneOf(["enhanced", "enabled", "off"]).default("enabled"),
  /** Whether `tiers exec` may open a shell in a running task. @default false */
  exec: flag().default(false),
});

/** How many tasks of a service tier growth runs by load. */
export const scaling = z.strictObject({
  /** Fewest tasks. @default - the service's count */
  min: wholeNumber(1, 1000, "tasks").optional(),
  /** Most tasks. */
  max: wholeNumber(1, 1000, "tasks"),
  /** Average use of CPU that it aims for, per cent. @default 60 */
  cpuPercent: wholeNumber(10, 90, "per cent").default(60),
  /** Requests per task and minute that it aims for as well. @default - CPU alone decides */
  requestsPerTask: wholeNumber(1, 1_000_000, "requests per minute").optional(),
});
