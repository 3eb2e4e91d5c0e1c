/** What Terraform says about a state that it cannot work with, in one line and with what to do. */

/** Who holds a lock. */
export interface LockHolder {
  id: string;
  who: string;
  operation: string;
  created: string;
}

/** A lock in words, with the way out for the case that its holder is gone. */
export function lockInWords({ id, who, operation, created }: LockHolder): string {
  const since = created.replace(/^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d).*$/, "$1 $2 UTC");
  return (
    `${who} has locked the state since ${since} (${operation}). Wait until that run ends. Only if it is dead, because ` +
    `it was killed or its machine is gone: terraform force-unlock ${id}, in the stack's directory.`
  );
}

/** Kinds of trouble, the most telling first: how to recognise each in Terraform's text, and what to say. */
const TROUBLES: readonly { pattern: RegExp; words: (...found: string[]) => string }[] = [
  {
    pattern: /written by Terraform version "MOVED: this state is now in (\S+)/,
    words: (where) =>
      `the state was moved to ${where}. Deploy with the version of the app that says so; nothing was changed here.`,
  },
  {
    pattern: /written to the file "?errored\.tfstate/,
    words: () =>
      "the state could not be saved, so Terraform left it in errored.tfstate in the stack's directory. Do not apply " +
      "again before it is back: tiers state restore <stack> --file <that file>, or terraform state push errored.tfstate.",
  },
  {
    pattern: /Lock Info:\s+ID: (\S+) Path: .*? Operation: (\S+) Who: (.+?) Version: \S+ Created: (.+?) Info:/,
    words: (id = "", operation = "", who = "", created = "") => lockInWords({ id, operation, who, created }),
  },
  {
    pattern: /S3 bucket "([^"]+)" does not exist/,
    words: (bucket) =>
      `there is no bucket ${bucket} for the state. Make it with tiers state bootstrap, or correct state.bucket of the ` +
      "app (or TIERS_STATE).",
  },
  {
    pattern: /StatusCode: 301\b/,
    words: () => "the bucket of the state is in another region. Correct state.region of the app (or TIERS_STATE).",
  },
  {
    pattern: /No valid credential sources found|failed to refresh cached credentials/,
    words: () => "there are no AWS credentials to reach the state with. Sign in, for example with aws sso login.",
  },
  {
    pattern: /(?:S3: (\w+)|\b(s3:\w+)\b).{0,400}?(?:AccessDenied|StatusCode: 403|Forbidden)/,
    words: (call, action) =>
      `AWS refused access to the state (${action || `S3 ${call}`}). Its bucket needs s3:ListBucket, and s3:GetObject, ` +
      "s3:PutObject and s3:DeleteObject on its objects.",
  },
  {
    pattern: /Backend configuration changed|Backend initialization required/,
    words: () =>
      "the stack's directory remembers another place of the state. Run terraform init -reconfigure in it; when the " +
      "state is still at the old place, move it first with tiers state move.",
  },
];

/** One line about the state; empty when the text speaks of something else. */
export function stateTrouble(output: string): string {
  const escape = String.fromCharCode(27);
  const text = output
    .replaceAll(new RegExp(`${escape}\\[[0-9;]*m`, "g"), "")
    .replaceAll(/^[╷│╵]+/gm, "")
    .replaceAll(/\s+/g, " ");
  for (const { pattern, words } of TROUBLES) {
    const found = pattern.exec(text);
    if (found) return words(...found.slice(1).map((part) => part ?? ""));
  }
  return "";
}
