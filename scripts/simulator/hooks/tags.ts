/** Tags that are resources of their own: they stand on an object that another resource made. */
import type { Obj, Value, World, WorldObject } from "../contract";
import { isObj } from "../wire/value";
import type { Hooks } from "./service";

export const TAG_HOOKS: Hooks = {
  aws_ec2_tag: {
    apply: ({ result, world }) => {
      const holder = holderOf(world, result);
      if (holder) setTags(holder, (tags) => ({ ...tags, [String(result.key)]: result.value }));
      return { result };
    },
    destroy: ({ object, world }) => {
      const holder = holderOf(world, object.attributes);
      if (holder) setTags(holder, ({ [String(object.attributes.key)]: _gone, ...others }) => others);
      return [];
    },
  },
};

function holderOf(world: World, tag: Obj): WorldObject | undefined {
  return world.all().find(({ id }) => id === tag.resource_id);
}

/** Changes the object as it stands in the world, where its own resource reads it. */
function setTags(holder: WorldObject, change: (tags: Obj) => Obj): void {
  for (const name of ["tags", "tags_all"]) {
    const tags: Value = holder.attributes[name];
    holder.attributes[name] = change(isObj(tags) ? tags : {});
  }
}
