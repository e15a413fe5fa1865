import type { DestinationStream } from 'pino';
import { plainText } from '../plain-text';

/** Colours as terminals number them; 39 is the usual one. */
const LEVELS: ReadonlyMap<unknown, readonly [label: string, color: number]> = new Map([
  [20, ['DEBUG', 34]],
  [30, ['INFO', 32]],
  [40, ['WARN', 33]],
  [50, ['ERROR', 31]],
  [60, ['FATAL', 31]],
]);

/** What pino writes of an error. */
interface LoggedError {
  readonly stack?: unknown;
  readonly cause?: unknown;
}

/** Where an error was thrown, and those that caused it; what it says is in the line already. */
function stackText(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { stack, cause } = error as LoggedError; // as: members are looked at below
  const frames = typeof stack === 'string' ? stack.split('\n').filter((line) => /^\s+at /.test(line)) : [];
  const text = frames.map((line) => `    ${line.trim()}\n`).join('');
  if (cause === undefined) return text;
  const reason = typeof cause === 'object' && cause !== null && 'message' in cause ? cause.message : cause;
  return `${text}  because: ${String(reason)}\n${stackText(cause)}`;
}

/** `[12:03:04.567] INFO: [2] message`, the time in UTC, the number of the worker where there are several. */
function textOf(line: string, colors: boolean): string {
  const { time, level, worker, msg, err } = JSON.parse(line) as Readonly<Record<string, unknown>>; // as: a line of pino
  const [label, color] = LEVELS.get(level) ?? [String(level), 39];
  const shown = colors ? `\u001b[${color}m${label}\u001b[39m` : label;
  const from = worker === undefined ? '' : `[${String(worker)}] `;
  return `[${String(time).slice(11, 23)}] ${shown}: ${from}${plainText(`${String(msg)}\n${stackText(err)}`)}`;
}

/** Lines of JSON as text for people. Nothing that others chose acts upon their terminal. */
export class TextLines implements DestinationStream {
  readonly #destination: DestinationStream;
  readonly #colors: boolean;

  constructor(destination: DestinationStream, colors: boolean) {
    this.#destination = destination;
    this.#colors = colors;
  }

  write(line: string): void {
    this.#destination.write(textOf(line, this.#colors));
  }
}
