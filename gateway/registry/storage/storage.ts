import { createHash } from 'node:crypto';

export type RevisionKind = 'publish' | 'delete' | 'rollback';

/** Record of what happened, by whom, and what holds since: a revision before it has a number. */
export interface RevisionEvent {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly actor: string;
  readonly kind: RevisionKind;
  /** Names of the subgraphs that this revision changed. */
  readonly subgraphs: readonly string[];
  readonly message: string | null;
  readonly vcs: { readonly commit: string | null; readonly author: string | null };
  /** The revision that a rollback equals; null for every other kind. */
  readonly rolledBackTo: number | null;
  /** Hash of the blob that holds the whole state of the graph; see `state.ts`. */
  readonly state: string;
  /** Hash of the blob that holds the supergraph SDL. */
  readonly supergraph: string;
}

export interface Revision extends RevisionEvent {
  readonly graph: string;
  /** 1 for the first of a graph, then without a gap; those pruned leave theirs unused. */
  readonly revision: number;
}

/** Range of revisions to read: the newest `limit` below `before`. */
export interface Range {
  /** Exclusive; null starts from the head. */
  readonly before: number | null;
  readonly limit: number;
}

/** Part of the past of a graph that may go. */
export interface Pruning {
  /** Revisions with a lower number go; the head stays whatever this says. */
  readonly before: number;
  /** Hashes of the further blobs that the text of a state names. */
  readonly namedIn: (state: string) => Iterable<string>;
}

/** Counts of what went. */
export interface Pruned {
  readonly revisions: number;
  readonly blobs: number;
}

/**
 * An append-only log of revisions for each graph, with the texts that they name by their hash. Only its oldest end is
 * ever let go. Every driver passes the same contract test.
 */
export interface Storage {
  head(graph: string): Promise<Revision | null>;
  /** Number of the oldest revision that was not pruned; 0 for an empty graph. */
  oldest(graph: string): Promise<number>;
  /** Oldest first. */
  read(graph: string, range: Range): Promise<readonly Revision[]>;
  /**
   * Compare-and-swap: adds revision `expected + 1` if the head is still `expected` (0 for an empty graph). When it
   * resolves, the revision and its blobs are on disk.
   * @throws {HeadgateError} CONFLICT when the head moved, REGISTRY_WRITE_FAILED when nothing could be stored
   */
  append(graph: string, expected: number, event: RevisionEvent, blobs: readonly string[]): Promise<Revision>;
  /**
   * The text with this hash.
   * @throws {HeadgateError} REGISTRY_CORRUPT when it is missing or does not match its hash
   */
  blob(hash: string): Promise<string>;
  /**
   * Lets go of old revisions, and of blobs that no revision left names; never while an append is under way. Whenever it is
   * interrupted, what stays is whole; the next call removes what this one left.
   * @throws {HeadgateError} REGISTRY_WRITE_FAILED, REGISTRY_CORRUPT when a state that stays cannot be read: then no blob goes
   */
  prune(graph: string, pruning: Pruning): Promise<Pruned>;
  /** Calls the listener for every revision, whoever appended it, until the returned function is called. */
  subscribe(listener: (revision: Revision) => void): () => void;
  /** Waits for appends and pruning under way, then lets go of everything. */
  close(): Promise<void>;
}

/** SHA-256 in hex of the UTF-8 bytes. */
export function blobHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
