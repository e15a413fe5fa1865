import type { Cancellation } from '../cancellation';
import { stringifyJson } from '../json/stringify';
import { pieceTurn } from '../own-turns';
import type { AnswerSize } from './answer-size';
import { JsonText } from './json-text';

/** Written by JSON.stringify in one go: values below, with a text counted by its length. */
const PIECE_VALUES = 1_000;
const PIECE_CHARACTERS = 20;
/** Text becomes bytes when it has so many characters; then the loop has its turn. */
const CHUNK_CHARACTERS = 64_000;

type Data = Readonly<Record<string, unknown>>;

/** Values left of `left`, negative when there are more in `value`; looks at no more than that. */
function leftOf(value: unknown, left: number): number {
  if (typeof value === 'string') return left - 1 - value.length / PIECE_CHARACTERS;
  if (typeof value !== 'object' || value === null) return left - 1;
  let rest = left - 1;
  const children: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  for (const child of children) {
    if (rest < 0) return rest;
    rest = leftOf(child, rest);
  }
  return rest;
}

/** A text in pieces: of what takes two units in UTF-16, both are in one. */
function* piecesOfText(text: string): Generator<string, void, void> {
  yield '"';
  for (let at = 0; at < text.length; ) {
    const end = at + CHUNK_CHARACTERS;
    const cut = isFirstOfTwo(text.charCodeAt(end - 1)) ? end + 1 : end;
    yield JSON.stringify(text.slice(at, cut)).slice(1, -1);
    at = cut;
  }
  yield '"';
}

function isFirstOfTwo(code: number): boolean {
  return code >= 0xd800 && code < 0xdc00;
}

/** JSON.stringify in pieces. */
function* piecesOf(value: unknown): Generator<string, void, void> {
  if (typeof value === 'string' && value.length > CHUNK_CHARACTERS) {
    yield* piecesOfText(value);
    return;
  }
  if (typeof value !== 'object' || value === null || leftOf(value, PIECE_VALUES) >= 0) {
    yield `${stringifyJson(value)}`;
    return;
  }
  if (Array.isArray(value)) {
    for (const [index, one] of value.entries()) {
      yield index === 0 ? '[' : ',';
      yield* piecesOf(one);
    }
    yield value.length === 0 ? '[]' : ']';
    return;
  }
  let before = '{';
  for (const [key, one] of Object.entries(value)) {
    yield `${before}${JSON.stringify(key)}:`;
    yield* piecesOf(one);
    before = ',';
  }
  yield before === '{' ? '{}' : '}';
}

/** The texts of `data`, one for each of its keys, made in turns of the loop. */
class Writer {
  bytes = 0;
  readonly #size: AnswerSize;
  #chunks: Buffer[] = [];
  #text = '';

  constructor(size: AnswerSize) {
    this.#size = size;
  }

  /** @returns whether the loop should have its turn */
  add(piece: string): boolean {
    this.#text += piece;
    if (this.#text.length < CHUNK_CHARACTERS) return false;
    this.#flush();
    return true;
  }

  end(): JsonText {
    this.#flush();
    const text = new JsonText(this.#chunks);
    this.#chunks = [];
    return text;
  }

  #flush(): void {
    const chunk = Buffer.from(this.#text);
    this.#chunks.push(chunk);
    this.#text = '';
    this.bytes += chunk.length;
    this.#size.holdBytes(this.bytes);
    this.#size.hold(chunk.length);
  }
}

/**
 * `data` with the values of its keys written already, as {@link JsonText}, a piece in each turn of the loop.
 * @returns null when nobody waits for it any more
 * @throws {AnswerTooLarge}
 */
export async function writtenInTurns(
  data: Data,
  size: AnswerSize,
  cancellation: Cancellation,
): Promise<Record<string, JsonText> | null> {
  const writer = new Writer(size);
  const written: [string, JsonText][] = [];
  for (const [key, value] of Object.entries(data)) {
    if (value instanceof JsonText) {
      written.push([key, value]);
      continue;
    }
    for (const piece of piecesOf(value)) {
      if (!writer.add(piece)) continue;
      await pieceTurn();
      if (cancellation.reason !== null) return null;
    }
    written.push([key, writer.end()]);
  }
  // Entries, not assignments: a key may be `__proto__`.
  return Object.fromEntries(written);
}
