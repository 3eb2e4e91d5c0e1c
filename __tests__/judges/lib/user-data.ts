/** Finds what a stack hands to cloud-init on its hosts. */
import { type StackJson, resourceBlocks } from "../../../scripts/lib/stack-json";
import { rendered } from "./compose-file";

export interface UserData {
  /** The resource that carries it. */
  readonly address: string;
  /** Its text as the host receives it, with references replaced by a stand-in. */
  readonly text: string;
}

/** Where Terraform takes user data in base64: not readable here, so it must not go unseen. */
const ENCODED: readonly (readonly [type: string, argument: string])[] = [
  ["aws_instance", "user_data_base64"],
  ["aws_launch_template", "user_data"],
];

/**
 * The user data of every instance.
 *
 * @throws Error on user data in a form that is not read here
 */
export function userDataOf(stack: StackJson): UserData[] {
  return [...resourceBlocks(stack)].flatMap(({ address, type, block }) => {
    const unread = ENCODED.find(([owner, argument]) => owner === type && block[argument] !== undefined);
    if (unread) throw new Error(`${address}: ${unread[1]} is encoded, and this judge cannot read it`);
    if (type !== "aws_instance" || typeof block.user_data !== "string") return [];
    return [{ address, text: rendered(block.user_data) }];
  });
}
