import { expect, test } from "vitest";
import { hostConfig } from "../../../modules/host/config";
import { hostInput, shop } from "../../helpers/fixtures";

test("the whole Compose file of the shop", async () => {
  const text = hostConfig(hostInput(shop())).find(({ path }) => path === "compose.yaml")?.content;
  await expect(text).toMatchFileSnapshot("expected/compose.yaml");
});
