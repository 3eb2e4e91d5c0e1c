import type { ViteUserConfig } from "vitest/config";
import base from "./vitest.config";

/** Tests that run for real, against a PostgreSQL whose programs are on PATH and in rehearsed boxes. */
export default {
  test: {
    ...base.test,
    include: ["__tests__/**/*.postgres.test.ts", "__tests__/box/**/*.box.test.ts"],
    exclude: [],
    // A box waits for health checks most of its time, so more of them run than there are cores.
    maxWorkers: 3,
    testTimeout: 120_000,
  },
} satisfies ViteUserConfig;
