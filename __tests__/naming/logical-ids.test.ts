import { expect, test } from "vitest";
import { logicalId } from "../../modules/naming/logical-ids";

test.each<[path: string[], id: string]>([
  [["network", "vpc"], "network_vpc"],
  [["host"], "host"],
  [["image", "my-api", "parameter"], "image_my_api_parameter"],
  [["already_joined", "a-b-c"], "already_joined_a_b_c"],
])("%j becomes %s", (path, id) => {
  expect(logicalId(...path)).toBe(id);
});
