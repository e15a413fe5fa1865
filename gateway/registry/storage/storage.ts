import { createHash } from 'node:crypto';

export type RevisionKind = 'publish' | 'delete' | 'rollback';

/** What happened, by whom, and what holds since: a revision before it has a number. */
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
  /** 1 for the first of a graph, then without a gap. */
  readonly revision: number;
}

/** Which revisions to read: the newest `limit` below `before`. */
export interface Range {
  /** Exclusive; null starts from the head. */
  readonly before: number | null;
  readonly limit: number;
}

/**
 * An append-only log of revisions for each graph, with the texts that they name by their hash. Every driver passes
 * the same contract test.
 */
export interface Storage {
  head(graph: string): Promise<Revision | null>;
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
  /** Calls the listener for every revision, whoever appended it, until the returned function is called. */
  subscribe(listener: (revision: Revision) => void): () => void;
  /** Waits for appends under way, then lets go of everything. */
  close(): Promise<void>;
}

/** SHA-256 in hex of the UTF-8 bytes. */
export function blobHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
