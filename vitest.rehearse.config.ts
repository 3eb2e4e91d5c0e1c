import type { ViteUserConfig } from "vitest/config";
import base from "./vitest.config";

/** Tests against real servers on this machine: PostgreSQL's programs must be on PATH. */
export default {
  test: { ...base.test, include: ["__tests__/**/*.postgres.test.ts", "__tests__/box/**/*.box.test.ts"], exclude: [] },
} satisfies ViteUserConfig;
