export interface AuditOptions {
  /** Absolute. */
  readonly path: string;
  /** Whether refused access is written as well: 401 and 403. */
  readonly denied: boolean;
  /** A file that has this many bytes is put aside, and the next one begun. */
  readonly fileBytesMax: number;
  /** Files that are kept beside the one that is written; older ones are removed. */
  readonly filesMax: number;
  /** What becomes of a change that cannot be written. */
  readonly onError: 'refuse' | 'allow';
}
