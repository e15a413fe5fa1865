/** How an instance behaves until it is told otherwise. */
export interface Behaviour {
  /** `fail`: 500 at once. `reset`: a mutation is executed, then its connection is reset; queries are answered. */
  readonly does: 'answer' | 'fail' | 'reset';
  readonly latencyMs: number;
  /** Every so many requests takes this much longer; 0: none. */
  readonly straggler: { readonly every: number; readonly extraMs: number };
  /** Requests served at once; the others wait in line. */
  readonly capacity: number;
  /** Status of the health page. */
  readonly health: 200 | 500 | 503;
}

export const WELL: Behaviour = {
  does: 'answer',
  latencyMs: 5,
  straggler: { every: 0, extraMs: 0 },
  capacity: 1_000,
  health: 200,
};

/** What an instance counted since it was last asked; health checks left out. */
export interface Counts {
  readonly requests: number;
  /** Ids of the mutations it executed, once for each execution. */
  readonly executed: readonly string[];
}

export type ToInstance =
  | { readonly say: 'behave'; readonly behaviour: Behaviour; readonly turn: number }
  | { readonly say: 'count'; readonly turn: number };

export type FromInstance =
  | { readonly say: 'listening'; readonly port: number }
  | { readonly say: 'done'; readonly turn: number; readonly counts: Counts }
  /** The last word of a process that was stopped in an orderly way. */
  | { readonly say: 'farewell'; readonly counts: Counts };
