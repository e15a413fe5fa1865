/** Codings of answers; zstd where Node has it (22.15 and newer). */
export type ContentCoding = 'br' | 'gzip' | 'zstd';

export interface CompressionOptions {
  /** Bytes below which an answer is sent as it is. */
  readonly bytesMin: number;
  /** What is offered, the preferred one first. */
  readonly codings: readonly ContentCoding[];
}
