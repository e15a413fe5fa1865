export interface StoreOptions {
  /** Milliseconds after which a use of the store goes on without its answer. */
  readonly timeoutMs: number;
}
