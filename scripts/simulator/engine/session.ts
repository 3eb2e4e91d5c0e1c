/** What one call sees: the provider configuration behind it, and the world. */
import type { Ctx } from "../contract";
import type { WorldFile } from "../world";
import { knownTags, type ProviderSettings } from "./cross-cutting";

export interface Session {
  settings: ProviderSettings;
  ctx: Ctx;
  world: WorldFile;
}

export function sessionFor(settings: ProviderSettings, world: WorldFile, seed: string): Session {
  const ctx = { account: world.account, region: settings.region, defaultTags: knownTags(settings), seed };
  return { settings, ctx, world };
}

/** The same session for an object in a region of its own. */
export function inRegion(session: Session, region: unknown): Session {
  if (typeof region !== "string" || region === session.ctx.region) return session;
  return { ...session, ctx: { ...session.ctx, region } };
}
