import { SyntaxProblem } from './source';
import { readStringLiteral } from './string-literal';
import { Uint } from './values';

export type Token =
  | { readonly kind: 'name' | 'sign' | 'quoted' | 'end'; readonly text: string; readonly at: number }
  | {
      readonly kind: 'literal';
      readonly text: string;
      readonly at: number;
      /** An integer is without its sign, and may be 2^63, which only a minus before it makes legal. */
      readonly value: bigint | number | string | Uint8Array | Uint;
    };

const SPACE = /(?:[ \t\r\n\f]+|\/\/[^\n]*)+/y;
const NUMBER =
  /(?:0[xX][0-9a-fA-F]+|[0-9]+)[uU]|0[xX][0-9a-fA-F]+|[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|[0-9]+/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const QUOTED = /`([A-Za-z0-9_.\-/ ]+)`/y;
const SIGN = /==|!=|<=|>=|&&|\|\||[-+*/%<>!?:.,()[\]{}]/y;

const UINT_MAX = 2n ** 64n - 1n;
/** One more than the largest integer. */
export const INT_LIMIT = 2n ** 63n;

/** The tokens of an expression, the last of which is its end. */
export function readTokens(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at += matchAt(SPACE, text, at)?.length ?? 0;
    if (at >= text.length) break;
    const [token, end] = readToken(text, at);
    tokens.push(token);
    at = end;
  }
  tokens.push({ kind: 'end', text: '', at: text.length });
  return tokens;
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function readToken(text: string, at: number): [Token, number] {
  const string = readStringLiteral(text, at);
  if (string !== null)
    return [{ kind: 'literal', text: text.slice(at, string.end), at, value: string.value }, string.end];
  const number = matchAt(NUMBER, text, at);
  if (number !== undefined)
    return [{ kind: 'literal', text: number, at, value: readNumber(number, at) }, at + number.length];
  const name = matchAt(NAME, text, at);
  if (name !== undefined) return [{ kind: 'name', text: name, at }, at + name.length];
  const quoted = matchAt(QUOTED, text, at);
  if (quoted !== undefined) return [{ kind: 'quoted', text: quoted.slice(1, -1), at }, at + quoted.length];
  const sign = matchAt(SIGN, text, at);
  if (sign !== undefined) return [{ kind: 'sign', text: sign, at }, at + sign.length];
  throw new SyntaxProblem(at, `${strange(text, at)} means nothing here`);
}

/** A character that begins nothing, with a word for those that other languages have. */
function strange(text: string, at: number): string {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (character === '=') return '= (did you mean ==?)';
  if (character === '&' || character === '|') return `${character} (did you mean ${character}${character}?)`;
  return character;
}

function readNumber(text: string, at: number): bigint | number | Uint {
  if (/[uU]$/.test(text)) {
    const value = BigInt(text.slice(0, -1));
    if (value > UINT_MAX) throw new SyntaxProblem(at, `${text} is larger than an unsigned integer can be`);
    return new Uint(value);
  }
  if (/^0[xX]/.test(text) || /^[0-9]+$/.test(text)) {
    const value = BigInt(text);
    if (value > INT_LIMIT) throw new SyntaxProblem(at, `${text} is larger than an integer can be`);
    return value;
  }
  return Number(text);
}
