/** Which objects a Terraform state holds, as far as the calls of Terraform tell. */

/**
 * An object that was made, but whose maker did not live to write it into a state, is in no later request. A creation in
 * AWS that only sets something ("put") then meets it, and replaces it without a word.
 */
export class Holders {
  private clock = 0;
  private readonly configured = new Map<string, number>();
  private readonly made = new Map<string, number>();
  private readonly held = new Set<string>();

  /** A run of Terraform began. */
  begins(peer: string): void {
    this.configured.set(peer, (this.clock += 1));
  }

  makes(key: string): void {
    this.made.set(key, (this.clock += 1));
  }

  /** A request carried the object. */
  holds(key: string | undefined): void {
    if (key !== undefined) this.held.add(key);
  }

  isHeld(key: string): boolean {
    return this.held.has(key);
  }

  /** Whether an earlier run made the object, and no state is known to hold it. */
  isForgotten(key: string, peer: string): boolean {
    return !this.isHeld(key) && (this.made.get(key) ?? 0) < (this.configured.get(peer) ?? 0);
  }
}
