import type { ViteUserConfig } from "vitest/config";

/** The harness's own tests, which need no checker installed. */
export default {
  test: { include: ["__tests__/judges/**/*.test.ts"], environment: "node", globals: false },
} satisfies ViteUserConfig;
