export interface UsageOptions {
  /** Absolute path of the file in which counts outlive the process. */
  readonly path: string;
  /** Milliseconds after which a count is forgotten. */
  readonly retentionMs: number;
  /** Of all that is known, about, in memory and in the file. */
  readonly bytesMax: number;
}
