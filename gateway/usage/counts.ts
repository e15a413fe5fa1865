/** Software that asks, as it names itself; null: it does not. */
export interface ClientName {
  readonly name: string | null;
  readonly version: string | null;
}

/** An operation without what clients wrote into it: values of literals are not kept. */
export interface OperationText {
  /** SHA-256 of the text, in hex. */
  readonly id: string;
  /** Null for an anonymous one. */
  readonly name: string | null;
  readonly kind: 'query' | 'mutation';
  /** With the fragments that it uses. */
  readonly text: string;
}

export interface ClientCount {
  readonly client: ClientName;
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly lastAt: number;
}

/** What one process has counted since it reported last. */
export interface UsageReport {
  readonly operation: OperationText;
  readonly clients: readonly ClientCount[];
}
