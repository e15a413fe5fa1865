import { type Constant, dottedName, measure, type Node } from './ast';
import { expandMacro } from './macros';
import { SyntaxProblem } from './source';
import { INT_LIMIT, readTokens, type Token } from './tokens';

/** Words that are kept for later, so that no variable and no function may be called so. */
const RESERVED: ReadonlySet<string> = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(' '),
);
const RELATIONS: ReadonlySet<string> = new Set(['<', '<=', '>', '>=', '==', '!=', 'in']);
const SUMS: ReadonlySet<string> = new Set(['+', '-']);
const PRODUCTS: ReadonlySet<string> = new Set(['*', '/', '%']);
const OPERATOR_NAMES: Readonly<Record<string, string>> = { in: '@in' };

/** Longest expression, in characters. */
const TEXT_MAX = 20_000;
/** Deepest nesting: what recursion over an expression may need. */
const DEPTH_MAX = 200;

export interface ParseOptions {
  /** Functions with a dot in their name, e.g. `optional.of`. */
  readonly namespaced?: (name: string) => boolean;
  /** False reads macros as the methods that they look like. */
  readonly macros?: boolean;
}

/** The expression as a tree. Throws {@link SyntaxProblem}. */
export function parseExpression(text: string, options: ParseOptions = {}): Node {
  if (text.length > TEXT_MAX) throw new SyntaxProblem(TEXT_MAX, `an expression has at most ${TEXT_MAX} characters`);
  const root = new Parser(readTokens(text), options).whole();
  const { depth, deepest } = measure(root);
  if (depth > DEPTH_MAX) throw new SyntaxProblem(deepest.at, `nested more than ${DEPTH_MAX} deep`);
  return root;
}

class Parser {
  #next = 0;
  #depth = 0;
  readonly #tokens: readonly Token[];
  readonly #end: Token;

  constructor(
    tokens: readonly Token[],
    readonly options: ParseOptions,
  ) {
    this.#tokens = tokens;
    this.#end = tokens.at(-1) ?? { kind: 'end', text: '', at: 0 };
  }

  whole(): Node {
    const root = this.#expression();
    if (this.#token.kind !== 'end') throw this.#unexpected('an operator or the end');
    return root;
  }

  get #token(): Token {
    return this.#tokens[this.#next] ?? this.#end;
  }

  #unexpected(wanted: string): SyntaxProblem {
    const { kind, text, at } = this.#token;
    return new SyntaxProblem(at, `${wanted} is expected, found ${kind === 'end' ? 'the end' : text}`);
  }

  #is(...signs: readonly string[]): boolean {
    const { kind, text } = this.#token;
    return kind === 'sign' && signs.includes(text);
  }

  #take(): Token {
    const token = this.#token;
    this.#next += 1;
    return token;
  }

  #skip(sign: string): boolean {
    const found = this.#is(sign);
    if (found) this.#next += 1;
    return found;
  }

  #expect(sign: string): void {
    if (!this.#skip(sign)) throw this.#unexpected(sign);
  }

  #expression(): Node {
    this.#descend();
    const condition = this.#logic('or');
    const { at } = this.#token;
    if (this.#skip('?')) {
      const consequent = this.#logic('or');
      this.#expect(':');
      const alternate = this.#expression();
      this.#depth -= 1;
      return { kind: 'conditional', at, condition, consequent, alternate };
    }
    this.#depth -= 1;
    return condition;
  }

  #descend(): void {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) throw new SyntaxProblem(this.#token.at, `nested more than ${DEPTH_MAX} deep`);
  }

  #logic(kind: 'or' | 'and'): Node {
    const sign = kind === 'or' ? '||' : '&&';
    const operand = () => (kind === 'or' ? this.#logic('and') : this.#binary(0));
    const first = operand();
    if (!this.#is(sign)) return first;
    const { at } = this.#token;
    const terms = [first];
    while (this.#skip(sign)) terms.push(operand());
    return { kind, at, terms };
  }

  /** @param level 0 for comparisons, 1 for sums, 2 for products, which bind tightest */
  #binary(level: number): Node {
    const operators = [RELATIONS, SUMS, PRODUCTS][level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    while (this.#isOperator(operators)) {
      const { text, at } = this.#take();
      const right = this.#binary(level + 1);
      left = { kind: 'call', at, name: OPERATOR_NAMES[text] ?? `_${text}_`, receiver: null, args: [left, right] };
    }
    return left;
  }

  #isOperator(operators: ReadonlySet<string>): boolean {
    const { kind, text } = this.#token;
    return (kind === 'sign' || (kind === 'name' && text === 'in')) && operators.has(text);
  }

  #unary(): Node {
    if (!this.#is('!', '-')) return this.#member();
    const { text, at } = this.#take();
    const negative = text === '-' ? this.#negativeNumber(at) : null;
    if (negative !== null) return this.#members(negative);
    this.#descend();
    const operand = this.#unary();
    this.#depth -= 1;
    return { kind: 'call', at, name: `${text}_`, receiver: null, args: [operand] };
  }

  /** A minus and a number are one number: else the smallest integer could not be written. */
  #negativeNumber(at: number): Constant | null {
    const token = this.#token;
    if (token.kind !== 'literal' || (typeof token.value !== 'bigint' && typeof token.value !== 'number')) return null;
    this.#next += 1;
    return { kind: 'constant', at, value: -token.value };
  }

  #member(): Node {
    return this.#members(this.#primary());
  }

  #members(start: Node): Node {
    let node = start;
    for (;;) {
      if (this.#is('.')) node = this.#selection(node);
      else if (this.#is('[')) node = this.#index(node);
      else break;
    }
    if (this.#is('{')) throw new SyntaxProblem(this.#token.at, 'messages (Name{field: value}) cannot be made here');
    return node;
  }

  #selection(operand: Node): Node {
    this.#next += 1;
    const optional = this.#skip('?');
    const token = this.#token;
    if (token.kind !== 'quoted' && !this.#isField()) throw this.#unexpected('the name of a field or a function');
    this.#next += 1;
    if (token.kind === 'name' && !optional && this.#is('(')) return this.#method(operand, token);
    return { kind: 'select', at: token.at, operand, field: token.text, optional, test: false };
  }

  /** What may stand behind a dot: reserved words too, but not those that are values. */
  #isField(): boolean {
    const { kind, text } = this.#token;
    return kind === 'name' && text !== 'in' && text !== 'true' && text !== 'false' && text !== 'null';
  }

  #method(receiver: Node, { text, at }: Token): Node {
    const args = this.#arguments();
    const space = dottedName(receiver);
    const full = `${space}.${text}`;
    if (space !== null && this.options.namespaced?.(full))
      return { kind: 'call', at: receiver.at, name: full, receiver: null, args };
    return this.#expand({ kind: 'call', at, name: text, receiver, args });
  }

  #expand(call: Extract<Node, { kind: 'call' }>): Node {
    return this.options.macros === false ? call : expandMacro(call);
  }

  #arguments(): Node[] {
    this.#expect('(');
    const args: Node[] = [];
    while (!this.#is(')')) {
      args.push(this.#expression());
      if (!this.#skip(',')) break;
    }
    this.#expect(')');
    return args;
  }

  #index(operand: Node): Node {
    const { at } = this.#take();
    const optional = this.#skip('?');
    const index = this.#expression();
    this.#expect(']');
    return { kind: 'index', at, operand, index, optional };
  }

  #primary(): Node {
    const token = this.#token;
    if (token.kind === 'literal') return this.#literal();
    if (token.kind === 'name') return this.#named(false);
    if (this.#skip('.')) return this.#named(true);
    if (this.#skip('(')) {
      const inner = this.#expression();
      this.#expect(')');
      return inner;
    }
    if (this.#skip('[')) return this.#list(token.at);
    if (this.#skip('{')) return this.#map(token.at);
    throw this.#unexpected('a value');
  }

  #literal(): Node {
    const token = this.#take();
    if (token.kind !== 'literal') throw this.#unexpected('a value');
    if (token.value === INT_LIMIT) throw new SyntaxProblem(token.at, `${token.text} is larger than an integer can be`);
    return { kind: 'constant', at: token.at, value: token.value };
  }

  #named(absolute: boolean): Node {
    const token = this.#take();
    const { text, at } = token;
    if (token.kind !== 'name' || text === 'in') {
      this.#next -= 1;
      throw this.#unexpected('a name');
    }
    if (!absolute && text === 'null') return { kind: 'constant', at, value: null };
    if (!absolute && (text === 'true' || text === 'false')) return { kind: 'constant', at, value: text === 'true' };
    if (RESERVED.has(text)) throw new SyntaxProblem(at, `${text} is a reserved word`);
    if (this.#is('(')) return this.#expand({ kind: 'call', at, name: text, receiver: null, args: this.#arguments() });
    return { kind: 'name', at, name: text, absolute };
  }

  #list(at: number): Node {
    const items: { value: Node; optional: boolean }[] = [];
    while (!this.#is(']')) {
      const optional = this.#skip('?');
      items.push({ value: this.#expression(), optional });
      if (!this.#skip(',')) break;
    }
    this.#expect(']');
    return { kind: 'list', at, items };
  }

  #map(at: number): Node {
    const entries: { key: Node; value: Node; optional: boolean }[] = [];
    while (!this.#is('}')) {
      const optional = this.#skip('?');
      const key = this.#expression();
      this.#expect(':');
      entries.push({ key, value: this.#expression(), optional });
      if (!this.#skip(',')) break;
    }
    this.#expect('}');
    return { kind: 'map', at, entries };
  }
}
