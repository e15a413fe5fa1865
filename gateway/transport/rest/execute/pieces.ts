import { pieceTurn } from '../../../own-turns';

/** Rows of an answer that are mapped, or completed, in one piece: a few milliseconds. */
export const ROWS_AT_ONCE = 500;

/** Counts the rows of one operation: after so many the next ones have another turn of the loop. */
export class Pieces {
  #begun = 0;
  #turn: Promise<void> = Promise.resolve();

  /** To be called for each row. @returns when its piece may begin; null: now */
  begin(): Promise<void> | null {
    const before = this.#begun;
    this.#begun += 1;
    if (before < ROWS_AT_ONCE) return null;
    if (before % ROWS_AT_ONCE === 0) this.#turn = this.#turn.then(pieceTurn);
    return this.#turn;
  }
}
