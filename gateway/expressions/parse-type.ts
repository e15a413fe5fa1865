import {
  DYN,
  headersOf,
  listOf,
  mapOf,
  optionalOf,
  PLAIN_KINDS,
  type PlainKind,
  parameter,
  STRING,
  type Type,
} from './types';

const PLAIN: ReadonlySet<string> = new Set(PLAIN_KINDS);
const TOKEN = /\s*([A-Za-z_]+|[(),])/y;
const DEPTH_MAX = 20;

/**
 * The type that a text such as `map(string, list(int))` names; `headers`
 * is a map of strings by names in any case; one capital letter is a type parameter. Null when it names none.
 */
export function parseType(text: string): Type | null {
  const tokens = tokensOf(text.trim());
  if (tokens === null) return null;
  const reader = new TypeReader(tokens);
  const type = reader.type(0);
  return reader.done ? type : null;
}

function tokensOf(text: string): readonly string[] | null {
  const tokens: string[] = [];
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match?.[1] === undefined) return null;
    tokens.push(match[1]);
    at = TOKEN.lastIndex;
  }
  return tokens;
}

class TypeReader {
  #next = 0;

  constructor(readonly tokens: readonly string[]) {}

  get done(): boolean {
    return this.#next === this.tokens.length;
  }

  /** Null when there is none here. */
  type(depth: number): Type | null {
    const name = this.#take();
    if (name === undefined || depth > DEPTH_MAX) return null;
    if (PLAIN.has(name)) return { kind: name as PlainKind };
    if (/^[A-Z]$/.test(name)) return parameter(name);
    const parts = this.#parts(depth);
    return parts === null ? null : compound(name, parts);
  }

  #take(): string | undefined {
    const token = this.tokens[this.#next];
    this.#next += 1;
    return token;
  }

  #parts(depth: number): Type[] | null {
    if (this.tokens[this.#next] !== '(') return [];
    this.#next += 1;
    const parts: Type[] = [];
    for (;;) {
      const part = this.type(depth + 1);
      const sign = this.#take();
      if (part === null) return null;
      parts.push(part);
      if (sign !== ',') return sign === ')' ? parts : null;
    }
  }
}

function compound(name: string, [first, second, ...more]: readonly Type[]): Type | null {
  if (more.length > 0) return null;
  if (name === 'headers' && second === undefined) return headersOf(first ?? STRING);
  if (name === 'list' && second === undefined) return listOf(first ?? DYN);
  if (name === 'optional' && second === undefined) return optionalOf(first ?? DYN);
  if (name === 'map' && (first === undefined) === (second === undefined)) return mapOf(first ?? DYN, second ?? DYN);
  return null;
}
