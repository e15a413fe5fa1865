import type { EventEmitter } from 'node:events';

/** npm hands on the Ctrl-C that the terminal has already sent to everybody: what comes this close is one press. */
const SAME_PRESS_MS = 500;

/**
 * Resolves on the first SIGINT, SIGTERM or SIGHUP; a second press calls `exitNow`.
 * @param nowMs any clock that does not go back
 */
export function stopRequested(
  exitNow: () => void,
  signals: EventEmitter = process,
  nowMs: () => number = () => performance.now(),
): Promise<void> {
  return new Promise((resolve) => {
    let firstAtMs: number | null = null;
    const onSignal = () => {
      if (firstAtMs === null) {
        firstAtMs = nowMs();
        resolve();
      } else if (nowMs() - firstAtMs > SAME_PRESS_MS) {
        exitNow();
      }
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) signals.on(signal, onSignal);
  });
}
