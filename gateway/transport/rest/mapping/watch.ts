import type { Json } from '../json';

/** One step of a mapping while it runs. */
export interface WatchedStep {
  /** `$args`, `.name`, `->first`, `{ … }`, `...`. */
  readonly text: string;
  /** Of the step in the mapping, in UTF-16 units. */
  readonly offset: number;
  /** Names of the output that it works for: `user.address`; empty at the top. */
  readonly field: string;
  /** Undefined for a start, which has none. */
  readonly input: Json | undefined;
  /** Undefined: absent. */
  readonly output: Json | undefined;
}

/** Is told of each step when it is done, the inner before the outer. */
export type Watch = (step: WatchedStep) => void;
