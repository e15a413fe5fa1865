/** Watches the event loop of a gateway from inside: loaded before it by `--require`. On SIGUSR2 it tells what it saw, and begins anew. */
import { renameSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

/** Where to write to. */
export const LOOP_DELAY_FILE = 'HEADGATE_BENCH_LOOP_DELAY';
const RESOLUTION_MS = 5;

const file = process.env[LOOP_DELAY_FILE];

if (isMainThread && file !== undefined) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  process.on('SIGUSR2', () => {
    // Whole, or not there.
    writeFileSync(`${file}.new`, String(delay.max / 1e6));
    renameSync(`${file}.new`, file);
    delay.reset();
  });
}
