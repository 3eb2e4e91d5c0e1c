import type { ViteUserConfig } from "vitest/config";

/**
 * Threads without isolation: several times faster than the default, because cdktf and the provider bindings are loaded
 * once per worker instead of once per file. In return a test must not change process.env or the state of a module.
 */
export default {
  test: {
    include: ["__tests__/**/*.test.ts"],
    // These need servers, root or other people's tools, and have commands of their own.
    exclude: ["__tests__/**/*.postgres.test.ts", "__tests__/box/**", "__tests__/judges/**"],
    environment: "node",
    pool: "threads",
    isolate: false,
    // Most of the time a test waits for Terraform or a shell, so both cores of a small machine have work.
    maxWorkers: 2,
    globals: false,
    globalSetup: ["__tests__/global-setup.ts"],
    setupFiles: ["__tests__/setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
} satisfies ViteUserConfig;
