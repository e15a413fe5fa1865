import { HeadgateError } from '../errors';

/** Something that is wrong with an expression, and where. */
export interface Problem {
  /** In characters from the beginning of the text. */
  readonly offset: number;
  readonly message: string;
}

export interface Position {
  /** Both from 1; a column is a character as editors count them. */
  readonly line: number;
  readonly column: number;
}

/** Thrown by lexer and parser, which stop at the first problem; never leaves the room. */
export class SyntaxProblem extends Error {
  constructor(
    readonly offset: number,
    message: string,
  ) {
    super(message);
  }
}

export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: Array.from(before.at(-1) ?? '').length + 1 };
}

/**
 * The error for an expression that cannot be compiled.
 * @param where the place that the expression stands at, in the reader's words, e.g. `routing[2].when`
 */
export function refusal(where: string, text: string, problems: readonly Problem[]): HeadgateError {
  const located = problems.map(({ offset, message }) => ({ ...positionAt(text, offset), message }));
  const lines = located.map(({ line, column, message }) => `${where}:${line}:${column} ${message}`);
  const excerpt = located.length === 1 ? excerptAt(text, located[0]) : '';
  return new HeadgateError('EXPRESSION_INVALID', lines.join('\n') + excerpt, { details: { where, problems: located } });
}

const EXCERPT_MAX = 120;

/** The line with a mark below the column; nothing for long lines, where it would not help. */
function excerptAt(text: string, position: Position | undefined): string {
  const line = text.split('\n')[(position?.line ?? 1) - 1] ?? '';
  if (position === undefined || line.length > EXCERPT_MAX) return '';
  return `\n  ${line}\n  ${' '.repeat(position.column - 1)}^`;
}
