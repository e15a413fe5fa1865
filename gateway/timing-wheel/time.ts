/** Clock and timers of one time: that of the process, or that of a test. */
export interface Time {
  /** Milliseconds; never goes back. */
  readonly now: () => number;
  readonly setTimeout: (callback: () => void, ms: number) => NodeJS.Timeout;
  readonly clearTimeout: (timer: NodeJS.Timeout) => void;
  readonly setImmediate: (callback: () => void) => unknown;
}
