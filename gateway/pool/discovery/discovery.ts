import type { Tags } from '../../tags';
import type { InstanceOptions } from '../options';

/** List of instances that a source gives at one moment. */
export interface Snapshot {
  /** The same for the same endpoints, where the source knows. */
  readonly version: string;
  /** No two have the same URL. */
  readonly endpoints: readonly InstanceOptions[];
  /** False when there may be more: what is missing has not gone. */
  readonly complete: boolean;
}

/**
 * One value that changes. A source yields at every observation, also when nothing changed, and while its answer is empty
 * it looks again. A failure yields nothing. To be iterated once; ends when closed.
 */
export interface Discovery extends AsyncIterable<Snapshot> {
  close(): Promise<void>;
}

/** Takes in that a source failed, in words, or with null that it answers again. */
export type Report = (failure: string | null) => void;

/** Instances that registered for a pool, as its registry knows. */
export interface Leases {
  /** Calls back now, and at every change and observation, until the returned function is called. */
  follow(pool: string, listener: (instances: readonly LeasedInstance[]) => void): () => void;
}

export interface LeasedInstance {
  readonly url: string;
  readonly weight: number;
  readonly zone: string | null;
  readonly tags?: Tags;
}
