/** Milliseconds on the clock of `performance.now()`; tests give their own. */
export type Clock = () => number;
