/** What a call of Terraform carries. */
import type { DynamicValue } from "../wire/value";

/** A request: the fields of its message, of which each method reads its own. */
export interface Request {
  type_name: string;
  id: string;
  config: DynamicValue;
  raw_state?: { json?: Uint8Array };
  current_state: DynamicValue;
  prior_state: DynamicValue;
  proposed_new_state: DynamicValue;
  planned_state: DynamicValue;
  private?: Uint8Array;
  prior_private?: Uint8Array;
  planned_private?: Uint8Array;
  source_type_name: string;
  target_type_name: string;
}
