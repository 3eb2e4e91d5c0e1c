/** Spot requests of the simulated AWS: objects of its world file, which may be edited while it runs. */
import { parseJson } from "../lib/stack-json";
import { writeFileAtomic } from "../lib/write";
import type { SpotTarget } from "./engines";

interface WorldObject {
  type: string;
  id: string;
  attributes: { instance_id?: string; tags?: Record<string, string> };
}

/** Type of the objects that stand for persistent requests; no Terraform resource makes them. */
const REQUEST_TYPE = "spot_request";

/** Does to the simulated account what CancelSpotInstanceRequests does to a real one; returns the cancelled ids. */
export function cancelInWorld(worldFile: string, { instanceIds, requestIds, tags }: SpotTarget): string[] {
  const world = parseJson(worldFile);
  const objects = world.objects as WorldObject[];
  const stack = Object.entries(tags);
  const isOurs = ({ type, id, attributes }: WorldObject): boolean =>
    type === REQUEST_TYPE &&
    (requestIds.includes(id) ||
      instanceIds.includes(attributes.instance_id ?? "") ||
      (stack.length > 0 && stack.every(([name, value]) => attributes.tags?.[name] === value)));
  const cancelled = objects.filter(isOurs).map(({ id }) => id);
  const remaining = objects.filter((object) => !isOurs(object));
  writeFileAtomic(worldFile, `${JSON.stringify({ ...world, objects: remaining }, null, 1)}\n`);
  return cancelled.sort();
}
