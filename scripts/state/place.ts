/** A place that a state lies in: a file, or an object of a bucket. */

/** A lock of Terraform's that this process holds. */
export interface Hold {
  release(): Promise<void>;
}

/** One version of a state that can be had back. */
export interface Version {
  /** Id of an S3 version, or the name of a local copy. */
  id: string;
  /** When it was written. */
  modified: Date;
  /** Whether it is the one that Terraform reads. */
  current: boolean;
  read(): Promise<string>;
}

export interface Place {
  /** The place in words, the same for everybody: `terraform.mvp.tfstate` or `s3://bucket/key`. */
  readonly shown: string;
  /** The backend block that leads Terraform here, with an absolute path. */
  readonly backend: Readonly<Record<string, object>>;
  /** The text of the state; undefined when there is none. */
  read(): Promise<string | undefined>;
  /** Replaces the state. The lock must be held. */
  write(text: string): Promise<void>;
  /**
   * Takes the lock that Terraform itself takes, so that no other run writes meanwhile.
   *
   * @param work what for, for whoever meets the lock
   * @throws UserError that names the holder when somebody has it
   */
  hold(work: string): Promise<Hold>;
  /** Versions of the state, the current one first, then the newest. */
  versions(limit: number): Promise<Version[]>;
}
