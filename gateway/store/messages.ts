import type { Rate, StoreEntry, Taken } from './store';

/** One use of the store. */
export type StoreAsk =
  | { readonly op: 'get'; readonly keys: readonly string[] }
  | { readonly op: 'set'; readonly entries: readonly StoreEntry[] }
  | { readonly op: 'take'; readonly bucket: string; readonly cost: number; readonly rate: Rate }
  | { readonly op: 'drop'; readonly tags: readonly string[] }
  | { readonly op: 'publish'; readonly topic: string; readonly message: Buffer };

/** To get, take and drop as the store answers; null to the others. */
export type StoreAnswer = readonly (Buffer | null)[] | Taken | number | null;

/** All that was asked in one turn of the loop, in order. */
export interface StoreBatch {
  readonly kind: 'store asked';
  readonly id: number;
  readonly asks: readonly StoreAsk[];
}

/** An answer for each ask of the batch of this id. */
export interface StoreAnswers {
  readonly kind: 'store answered';
  readonly id: number;
  readonly answers: readonly StoreAnswer[];
}

export interface StorePublished {
  readonly kind: 'store published';
  readonly topic: string;
  readonly message: Buffer;
}
