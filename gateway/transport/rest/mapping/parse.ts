import type { Expression, Item, Path, PathStart, Property, Selection, Step } from './ast';
import { outputName } from './ast';
import { Cursor, MappingSyntaxError } from './cursor';

/** How deep braces, brackets and parentheses may nest in one mapping. */
const NESTING_MAX = 64;

const LITERAL_WORDS: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/**
 * Parses a whole mapping.
 * @throws {MappingSyntaxError} with the offset of what is wrong
 */
export function parseMapping(text: string): Selection {
  const parser = new Parser(text);
  const selection = parser.items('');
  if (selection.items.length === 0) throw new MappingSyntaxError('the mapping is empty', 0);
  return selection;
}

/** Recursive descent over the grammar of connect v0.3; one method a rule. */
class Parser {
  readonly #cursor: Cursor;
  #nesting = 0;

  constructor(text: string) {
    this.#cursor = new Cursor(text);
  }

  /** Items until `end` (`}`, or the end of the text for the empty string). */
  items(end: '' | '}'): Selection {
    const offset = this.#cursor.offset;
    const items: Item[] = [];
    while (this.#cursor.peek() !== end) {
      if (this.#cursor.peek() === '') throw this.#cursor.error('a `{` has no closing `}`');
      items.push(this.#item());
    }
    if (items.length > 1) items.forEach(refuseUnnamed);
    return { kind: 'selection', items, offset };
  }

  #item(): Item {
    const cursor = this.#cursor;
    if (cursor.sees('...')) throw cursor.error('spreads (`...`) are not part of connect v0.3');
    if (cursor.sees(',')) throw cursor.error('selections are separated by spaces, not by commas');
    const offset = cursor.offset;
    const alias = this.#alias();
    if (alias !== null && cursor.peek() === '{') return { alias, value: this.#group(), offset };
    return { alias, value: this.#path(alias === null ? 'a field' : `a value for \`${alias}\``), offset };
  }

  #alias(): string | null {
    const start = this.#cursor.offset;
    const key = this.#keyOrNull();
    if (key !== null && this.#cursor.takes(':')) {
      if (key === '__proto__') throw new MappingSyntaxError('`__proto__` cannot be the name of a field', start);
      return key;
    }
    this.#cursor.offset = start;
    return null;
  }

  #group(): Selection {
    return this.#nested(() => {
      this.#cursor.expect('{', 'to open a selection');
      const selection = this.items('}');
      this.#cursor.expect('}', 'to close the selection');
      return selection;
    });
  }

  #path(wanted: string): Path {
    const cursor = this.#cursor;
    cursor.peek();
    const offset = cursor.offset;
    const start = this.#start(wanted);
    return this.#rest(start, offset);
  }

  #rest(start: PathStart, offset: number): Path {
    const steps = this.#steps();
    const selection = this.#cursor.peek() === '{' ? this.#group() : null;
    return { kind: 'path', start, steps, selection, offset };
  }

  #start(wanted: string): PathStart {
    const cursor = this.#cursor;
    if (cursor.takes('@')) return { kind: 'at' };
    if (cursor.takes('$')) return this.#afterDollar();
    const offset = cursor.offset;
    const key = this.#keyOrNull();
    if (key === null) throw cursor.error(`expected ${wanted}, found ${cursor.found()}`);
    return { kind: 'key', key, offset };
  }

  #afterDollar(): PathStart {
    const cursor = this.#cursor;
    const offset = cursor.offset - 1;
    const name = cursor.identifierHere();
    if (name !== null) return { kind: 'variable', name: `$${name}`, offset };
    if (cursor.text.charAt(cursor.offset) !== '(') return { kind: 'dollar' };
    return this.#nested(() => {
      cursor.expect('(', 'after `$`');
      const expression = this.#expression();
      cursor.expect(')', 'to close `$(`');
      return { kind: 'expression', expression };
    });
  }

  #steps(): Step[] {
    const steps: Step[] = [];
    for (let step = this.#step(); step !== null; step = this.#step()) steps.push(step);
    return steps;
  }

  #step(): Step | null {
    const cursor = this.#cursor;
    if (cursor.sees('??') || cursor.sees('?!')) return null;
    if (cursor.takes('?')) return { kind: 'optional' };
    if (cursor.takes('->')) return this.#method();
    if (cursor.sees('...') || !cursor.takes('.')) return null;
    cursor.peek();
    const offset = cursor.offset;
    const key = this.#keyOrNull();
    if (key === null) throw cursor.error(`expected a name after \`.\`, found ${cursor.found()}`);
    return { kind: 'key', key, offset };
  }

  #method(): Step {
    const cursor = this.#cursor;
    cursor.peek();
    const offset = cursor.offset;
    const name = cursor.identifier();
    if (name === null) throw cursor.error(`expected a method after \`->\`, found ${cursor.found()}`);
    const args = cursor.takes('(') ? this.#nested(() => this.#list(')')) : [];
    return { kind: 'method', name, args, offset };
  }

  /** Expressions separated by commas, the last comma optional, `end` included. */
  #list(end: ')' | ']'): Expression[] {
    const items: Expression[] = [];
    while (!this.#cursor.takes(end)) {
      items.push(this.#expression());
      if (this.#cursor.takes(',')) continue;
      this.#cursor.expect(end, 'or a comma');
      break;
    }
    return items;
  }

  #expression(): Expression {
    const cursor = this.#cursor;
    cursor.peek();
    const offset = cursor.offset;
    const operands = [this.#operand()];
    const operator = this.#operator();
    if (operator === null) return operands[0] as Expression; // pushed two lines above
    while (cursor.takes(operator)) operands.push(this.#operand());
    if (this.#operator() !== null)
      throw cursor.error('`??` and `?!` cannot stand in one chain: group them with `$( )`');
    return { kind: 'fallback', operator, operands, offset };
  }

  #operator(): '??' | '?!' | null {
    if (this.#cursor.sees('??')) return '??';
    return this.#cursor.sees('?!') ? '?!' : null;
  }

  #operand(): Expression {
    const cursor = this.#cursor;
    cursor.peek();
    const offset = cursor.offset;
    const literal = this.#literal(offset);
    if (literal === null) return this.#path('a value');
    const path = this.#rest({ kind: 'expression', expression: literal }, offset);
    return path.steps.length === 0 && path.selection === null ? literal : path;
  }

  #literal(offset: number): Expression | null {
    const cursor = this.#cursor;
    if (cursor.seesString()) return { kind: 'literal', value: cursor.string(), offset };
    if (cursor.takes('[')) return this.#nested(() => ({ kind: 'array', items: this.#list(']'), offset }));
    if (cursor.peek() === '{') return this.#nested(() => ({ kind: 'object', properties: this.#properties(), offset }));
    const number = cursor.number();
    if (number !== null) return { kind: 'literal', value: number, offset };
    const word = cursor.identifier();
    const value = word === null ? undefined : LITERAL_WORDS.get(word);
    if (value !== undefined) return { kind: 'literal', value, offset };
    cursor.offset = offset;
    return null;
  }

  #properties(): Property[] {
    const cursor = this.#cursor;
    const properties: Property[] = [];
    cursor.expect('{', 'to open an object');
    while (!cursor.takes('}')) {
      const key = this.#alias();
      if (key === null) throw cursor.error(`expected \`name: value\` in the object, found ${cursor.found()}`);
      properties.push({ key, value: this.#expression() });
      if (cursor.takes(',')) continue;
      cursor.expect('}', 'or a comma (commas are required between the properties of an object)');
      break;
    }
    return properties;
  }

  #keyOrNull(): string | null {
    return this.#cursor.seesString() ? this.#cursor.string() : this.#cursor.identifier();
  }

  #nested<Result>(parse: () => Result): Result {
    this.#nesting += 1;
    if (this.#nesting > NESTING_MAX) throw this.#cursor.error(`nested deeper than ${NESTING_MAX} levels`);
    const result = parse();
    this.#nesting -= 1;
    return result;
  }
}

function refuseUnnamed(item: Item): void {
  if (outputName(item) !== null || item.value.kind === 'selection' || item.value.selection !== null) return;
  throw new MappingSyntaxError(
    'a path of several steps beside other fields needs a name: `name: path.to.value`',
    item.offset,
  );
}
