/**
 * A text as the value of a tag. IAM takes letters, digits, spaces and _.:/=+-@ only, other services more; what IAM would
 * refuse becomes a space. Values end after 256 characters, AWS's limit.
 */
export function tagValue(text: string): string {
  return text
    .replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]+/gu, " ")
    .replace(/ {2,}/g, " ")
    .trim()
    .slice(0, 256);
}
