/** Bytes of an answer from which on reading it takes a good part of a turn of the event loop: about 10 ms. */
export const OWN_TURN_BYTES = 1_000_000;

const waiting: (() => void)[] = [];

function run(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(run);
}

/**
 * Resolves in a turn of the event loop in which nobody else's large work begins: whoever asks for something small while many large
 * answers come waits for one of them, not for all.
 */
export function ownTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    // What is done in this turn was perhaps large: the first one waits for the next one.
    if (waiting.length === 1) setImmediate(() => setImmediate(run));
  });
}
