import { describe, expect, test } from "vitest";
import { requireLinux } from "./linux";

describe("requireLinux", () => {
  test.each(["darwin", "win32"] as const)("says on %s where the test can run", (platform) => {
    expect(() => requireLinux([], { platform })).toThrow(
      `This test reads /proc and is for Linux, not for ${platform}: run it in a Linux container.`,
    );
  });

  test("names the programs that are not there", () => {
    expect(() => requireLinux(["script"], { platform: "linux", env: { PATH: "/nowhere" } })).toThrow(
      "This test needs script of util-linux on PATH.",
    );
  });
});
