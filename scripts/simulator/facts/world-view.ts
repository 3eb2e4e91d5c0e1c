/** The simulated account together with what fixtures say was there before. */
import type { World, WorldObject } from "../contract";

/**
 * A view of the world in which the fixtures' objects exist that were not imported; what happens to the world goes to the
 * world itself.
 */
export function withExisting(world: World, existing: WorldObject[]): World {
  if (existing.length === 0) return world;
  const missing = (o: WorldObject): boolean => !world.get(o.type, o.id, o.region) && !world.wasImported(o);
  return {
    all: () => [...world.all(), ...existing.filter(missing)],
    ofType: (type) => [...world.ofType(type), ...existing.filter((o) => o.type === type && missing(o))],
    get: (type, id, region) =>
      world.get(type, id, region) ??
      existing.find(
        (o) => o.type === type && o.id === id && (region === undefined || o.region === region) && missing(o),
      ),
    add: (object) => world.add(object),
    drop: (type, id) => world.drop(type, id),
    reserved: world.reserved,
    wasImported: (object) => world.wasImported(object),
  };
}
