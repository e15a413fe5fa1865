import { getPriority, setPriority } from 'node:os';

/** Steps of niceness: a quarter of a core is left where the main thread wants all of it. */
const STEPS = 5;
const NICEST = 19;

/**
 * Lets other threads go first where cores are short: answers of what is planned do not wait for plans. Concerns the thread that calls
 * it; elsewhere than on Linux it would be the whole process, and nothing is done.
 */
export function stepBack(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(Math.min(NICEST, getPriority() + STEPS));
  } catch {
    // A sandbox may forbid it: then all are equal.
  }
}
