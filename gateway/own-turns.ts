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

/** Milliseconds of a turn of the event loop for pieces of large work, of all that is large together. */
const PIECES_MS = 8;

const pieces: (() => void)[] = [];
let isAtWork = false;
let piecesLeft = 0;
let endsAt = 0;

function beginPieces(): void {
  // What begins another piece meanwhile comes in the next turn.
  piecesLeft = pieces.length;
  endsAt = performance.now() + PIECES_MS;
  nextPiece();
}

function nextPiece(): void {
  if (piecesLeft > 0 && performance.now() < endsAt) {
    piecesLeft -= 1;
    pieces.shift()?.();
    // A tick that is asked for by a microtask comes when all microtasks are done, and with them the piece.
    queueMicrotask(() => process.nextTick(nextPiece));
    return;
  }
  isAtWork = pieces.length > 0;
  if (isAtWork) setImmediate(beginPieces);
}

/**
 * Resolves when the next piece of large work may be done, which takes some milliseconds: of many that have pieces, some have their
 * turn in this turn of the event loop, and the others in the next ones.
 */
export function pieceTurn(): Promise<void> {
  return new Promise((resolve) => {
    pieces.push(resolve);
    if (isAtWork) return;
    isAtWork = true;
    setImmediate(beginPieces);
  });
}
