import type { Expression, Literal, Path, PathStart, Selection, Step } from './ast';
import { Cursor, LaterFeatureError } from './cursor';
import { type ConnectVersion, hasFeatureOf } from './versions';

/** How deep braces, brackets and parentheses may nest in one mapping. */
const NESTING_MAX = 64;
/** Steps of a path, with those of the paths around it: each is a frame of the stack when the mapping runs. */
const STEPS_MAX = 1_000;

const LITERAL_WORDS: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** Recursive descent over what gives a value: paths, methods, literals, `??`. One method a rule of the grammar. */
export abstract class ExpressionParser {
  protected readonly cursor: Cursor;
  /** Since v0.4 literals, objects and `??` may stand wherever a value may. */
  protected readonly unified: boolean;
  readonly #version: ConnectVersion;
  #nesting = 0;
  #steps = 0;

  constructor(text: string, version: ConnectVersion) {
    this.cursor = new Cursor(text);
    this.#version = version;
    this.unified = hasFeatureOf(version, 'v0.4');
  }

  /** `{ … }` after a path: applied to its value. */
  protected abstract group(): Selection;
  /** `{ … }` as a value. */
  protected abstract object(): Selection;

  /** @param wanted what is missing when there is none, such as `a field` */
  protected path(wanted: string): Path {
    this.cursor.peek();
    const { offset } = this.cursor;
    return this.rest(this.#start(wanted), offset);
  }

  /** Steps and braces after a start. */
  protected rest(start: PathStart, offset: number): Path {
    const before = this.#steps;
    const steps: Step[] = [];
    for (let step = this.#step(); step !== null; step = this.#step()) steps.push(step);
    const selection = this.cursor.peek() === '{' ? this.group() : null;
    this.#steps = before;
    return { kind: 'path', start, steps, selection, offset };
  }

  protected expression(): Expression {
    const { cursor } = this;
    cursor.peek();
    const { offset } = cursor;
    const first = this.#operand();
    const operator = this.operator();
    if (operator === null) return first;
    this.needs('v0.3', `\`${operator}\``);
    const operands = [first];
    while (cursor.takes(operator)) operands.push(this.#operand());
    if (this.operator() !== null) throw cursor.error('`??` and `?!` cannot stand in one chain: group them with `$( )`');
    return { kind: 'fallback', operator, operands, offset };
  }

  protected operator(): '??' | '?!' | null {
    if (this.cursor.sees('??')) return '??';
    return this.cursor.sees('?!') ? '?!' : null;
  }

  protected key(): string | null {
    return this.cursor.seesString() ? this.cursor.string() : this.cursor.identifier();
  }

  protected nested<Result>(parse: () => Result): Result {
    this.#nesting += 1;
    if (this.#nesting > NESTING_MAX) throw this.cursor.error(`nested deeper than ${NESTING_MAX} levels`);
    const result = parse();
    this.#nesting -= 1;
    return result;
  }

  /** @throws {LaterFeatureError} here is a feature that the version of the text does not have */
  protected needs(since: ConnectVersion, feature: string, instead: string | null = null): void {
    if (!hasFeatureOf(this.#version, since)) throw new LaterFeatureError(feature, since, instead, this.cursor.offset);
  }

  #start(wanted: string): PathStart {
    const { cursor } = this;
    if (cursor.takes('@')) return { kind: 'at' };
    if (cursor.takes('$')) return this.#afterDollar();
    const { offset } = cursor;
    const key = this.key();
    if (key === null) throw cursor.error(`expected ${wanted}, found ${cursor.found()}`);
    return { kind: 'key', key, offset };
  }

  #afterDollar(): PathStart {
    const { cursor } = this;
    const offset = cursor.offset - 1;
    const name = cursor.identifierHere();
    if (name !== null) return { kind: 'variable', name: `$${name}`, offset };
    if (cursor.text.charAt(cursor.offset) !== '(') return { kind: 'dollar' };
    return this.nested(() => {
      cursor.expect('(', 'after `$`');
      const expression = this.expression();
      cursor.expect(')', 'to close `$(`');
      return { kind: 'expression', expression };
    });
  }

  #step(): Step | null {
    const { cursor } = this;
    if (cursor.sees('??') || cursor.sees('?!') || cursor.sees('...')) return null;
    if (!cursor.sees('?') && !cursor.sees('->') && !cursor.sees('.')) return null;
    this.#steps += 1;
    if (this.#steps > STEPS_MAX) throw cursor.error(`a path of more than ${STEPS_MAX} steps`);
    if (cursor.sees('?')) this.needs('v0.3', '`?` after a step');
    if (cursor.takes('?')) return { kind: 'optional', offset: cursor.offset - 1 };
    if (cursor.takes('->')) return this.#method();
    cursor.takes('.');
    cursor.peek();
    const { offset } = cursor;
    const key = this.key();
    if (key === null) throw cursor.error(`expected a name after \`.\`, found ${cursor.found()}`);
    return { kind: 'key', key, offset };
  }

  #method(): Step {
    const { cursor } = this;
    cursor.peek();
    const { offset } = cursor;
    const name = cursor.identifier();
    if (name === null) throw cursor.error(`expected a method after \`->\`, found ${cursor.found()}`);
    const args = cursor.takes('(') ? this.nested(() => this.#list(')')) : [];
    return { kind: 'method', name, args, offset };
  }

  /** Expressions separated by commas, the last comma optional, `end` included. */
  #list(end: ')' | ']'): Expression[] {
    const items: Expression[] = [];
    while (!this.cursor.takes(end)) {
      items.push(this.expression());
      if (this.cursor.takes(',')) continue;
      this.cursor.expect(end, 'or a comma');
      break;
    }
    return items;
  }

  #operand(): Expression {
    this.cursor.peek();
    const { offset } = this.cursor;
    const literal = this.#literal(offset);
    if (literal === null) return this.path('a value');
    const path = this.rest({ kind: 'expression', expression: literal }, offset);
    return path.steps.length === 0 && path.selection === null ? literal : path;
  }

  #literal(offset: number): Expression | null {
    const { cursor } = this;
    if (cursor.seesString()) return { kind: 'literal', value: cursor.string(), offset };
    if (cursor.takes('[')) return this.nested(() => ({ kind: 'array', items: this.#list(']'), offset }));
    if (cursor.peek() === '{') return this.object();
    const number = cursor.number();
    if (number !== null) return { kind: 'literal', value: number, offset };
    const word = cursor.identifier();
    const value = word === null ? undefined : LITERAL_WORDS.get(word);
    if (value !== undefined) return { kind: 'literal', value, offset };
    cursor.offset = offset;
    return null;
  }
}

/** A quoted word, `true`, `false` or `null` as the name that it is where a field is wanted. */
export function asField(expression: Expression): Expression {
  const literal = expression.kind === 'path' ? bareLiteral(expression) : expression;
  if (literal?.kind !== 'literal' || !isWord(literal.value)) return expression;
  const { offset } = literal;
  const start: PathStart = { kind: 'key', key: String(literal.value), offset };
  if (expression.kind === 'path') return { ...expression, start };
  return { kind: 'path', start, steps: [], selection: null, offset };
}

function isWord(value: Literal['value']): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || value === null;
}

/** The literal that a path starts with; null for one in `$( )`. */
export function bareLiteral({ start, offset }: Path): Literal | null {
  if (start.kind !== 'expression' || start.expression.kind !== 'literal') return null;
  return start.expression.offset === offset ? start.expression : null;
}
