import { Lexer, Source, TokenKind } from 'graphql';

/** What stands in the place of a value. */
const HIDDEN: Readonly<Record<string, string>> = {
  [TokenKind.STRING]: '"[redacted]"',
  [TokenKind.BLOCK_STRING]: '"[redacted]"',
  [TokenKind.INT]: '0',
  [TokenKind.FLOAT]: '0',
};
/** What cannot be read may be a value. */
const UNREADABLE = '[redacted]';

/**
 * The beginning of a GraphQL text without the strings and numbers that are written in it, and without comments: a string is
 * `"[redacted]"`, a number 0.
 * @param charactersMax of the result
 */
export function withoutLiterals(text: string, charactersMax: number): string {
  const lexer = new Lexer(new Source(text));
  let result = '';
  let at = 0;
  try {
    for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
      if (result.length >= charactersMax) return result.slice(0, charactersMax);
      // Between tokens there are blanks and comments.
      const between = token.start > at ? ' ' : '';
      result += between + (HIDDEN[token.kind] ?? text.slice(token.start, token.end));
      at = token.end;
    }
  } catch {
    result += UNREADABLE;
  }
  return result.slice(0, charactersMax);
}
