import { type Item, outputName, type Selection } from './ast';
import { LaterFeatureError, MappingSyntaxError } from './cursor';
import { asField, bareLiteral, ExpressionParser } from './parse-expression';
import { type ConnectVersion, DEFAULT_VERSION } from './versions';

/** Characters of one mapping: what is longer is no mapping that somebody wrote. */
const CHARACTERS_MAX = 100_000;

/**
 * Parses a whole mapping.
 * @throws {MappingSyntaxError} with the offset of what is wrong
 * @throws {LaterFeatureError} `version` does not have it yet
 */
export function parseMapping(text: string, version: ConnectVersion = DEFAULT_VERSION): Selection {
  if (text.length > CHARACTERS_MAX)
    throw new MappingSyntaxError(`a mapping has at most ${CHARACTERS_MAX} characters`, CHARACTERS_MAX);
  const selection = new SelectionParser(text, version).whole();
  if (selection.items.length === 0) throw new MappingSyntaxError('the mapping is empty', 0);
  return selection;
}

/** What stands between braces, and around everything: fields with their values. */
class SelectionParser extends ExpressionParser {
  whole(): Selection {
    const selection = this.#items('');
    const [only] = selection.items;
    // One value alone is the whole mapping; beside others it is a field.
    if (only !== undefined && selection.items.length === 1 && isLiteralOrObject(only)) return selection;
    return { ...selection, items: this.#fields(selection.items) };
  }

  protected group(): Selection {
    return this.nested(() => {
      this.cursor.expect('{', 'to open a selection');
      const selection = this.#items('}');
      this.cursor.expect('}', 'to close the selection');
      return { ...selection, items: this.#fields(selection.items) };
    });
  }

  protected object(): Selection {
    return this.unified ? this.group() : this.nested(() => this.#properties());
  }

  /** Items until `end` (`}`, or the end of the text for the empty string). */
  #items(end: '' | '}'): Selection {
    const { cursor } = this;
    const { offset } = cursor;
    const items: Item[] = [];
    let commas: boolean | null = null;
    while (cursor.peek() !== end) {
      if (cursor.peek() === '') throw cursor.error('a `{` has no closing `}`');
      if (commas !== null && cursor.sees(',') !== commas) throw this.#mixed(commas);
      if (commas === true) cursor.takes(',');
      if (commas === true && cursor.peek() === end) break;
      items.push(this.unified ? this.#item() : this.#earlierItem());
      commas ??= cursor.peek() === end ? null : this.#separatesByCommas();
    }
    return { kind: 'selection', items, offset };
  }

  #separatesByCommas(): boolean {
    if (!this.cursor.sees(',')) return false;
    this.needs('v0.4', 'a selection with commas', 'separate fields by spaces');
    return true;
  }

  #mixed(commas: boolean): MappingSyntaxError {
    return this.cursor.error(
      commas
        ? `expected a comma, found ${this.cursor.found()}: this list is separated by commas`
        : 'this list is separated by spaces: no commas in it',
    );
  }

  #item(): Item {
    const { cursor } = this;
    const { offset } = cursor;
    if (cursor.takes('...')) return { alias: null, spread: true, value: this.#spreadValue(), offset };
    const alias = this.#alias();
    return { alias, spread: false, value: this.expression(), offset };
  }

  /** `... ->match(…)` is short for `... $->match(…)`. */
  #spreadValue() {
    if (!this.cursor.sees('->')) return this.expression();
    return this.rest({ kind: 'dollar' }, this.cursor.offset);
  }

  /** Before v0.4: a field, or a name with a path or braces. */
  #earlierItem(): Item {
    const { cursor } = this;
    const { offset } = cursor;
    if (cursor.sees('...'))
      this.needs('v0.4', 'a spread (`...`)', 'write a path with braces, such as `$.path { a b }`');
    if (cursor.sees(',')) this.needs('v0.4', 'a selection with commas', 'separate fields by spaces');
    if (cursor.sees('{')) this.needs('v0.4', 'an object without `$( )`', 'write `$({ … })`');
    const alias = this.#alias();
    if (alias === null) this.#refuseBareLiteral('a value without a name');
    if (alias !== null && cursor.peek() === '{') return { alias, spread: false, value: this.group(), offset };
    if (alias !== null) this.#refuseBareLiteral(`a value for \`${alias}\``);
    const value = this.path(alias === null ? 'a field' : `a value for \`${alias}\``);
    const operator = this.operator();
    if (operator !== null)
      this.needs('v0.4', `\`${operator}\` outside of \`$( )\``, `write \`$(a ${operator} b)\` around both sides`);
    return { alias, spread: false, value, offset };
  }

  #refuseBareLiteral(what: string): void {
    const { cursor } = this;
    const next = cursor.peek();
    if (next === '[') this.needs('v0.4', `a list without \`$( )\` as ${what}`, 'write `$([ … ])`');
    const { offset } = cursor;
    const number = cursor.number();
    if (number !== null)
      throw new LaterFeatureError(`a number without \`$( )\` as ${what}`, 'v0.4', `write \`$(${number})\``, offset);
  }

  #alias(): string | null {
    const { cursor } = this;
    const start = cursor.offset;
    const key = this.key();
    if (key !== null && cursor.takes(':')) {
      refuseProto(key, start);
      return key;
    }
    cursor.offset = start;
    return null;
  }

  /** Items as what they are beside others and inside braces: each gives fields. */
  #fields(items: readonly Item[]): readonly Item[] {
    const fields = items.map((item) => {
      if (item.alias !== null || item.spread) return item;
      const value = this.unified ? asField(item.value) : item.value;
      const key = value.kind === 'path' && value.start.kind === 'key' ? value.start : null;
      if (key !== null) refuseProto(key.key, key.offset);
      return { ...item, value };
    });
    for (const item of fields) if (fields.length > 1 || item.value.kind !== 'path') refuseUnnamed(item);
    return fields;
  }

  /** Before v0.4: `{ name: value, … }` inside `$( )`. */
  #properties(): Selection {
    const { cursor } = this;
    const items: Item[] = [];
    cursor.expect('{', 'to open an object');
    const { offset } = cursor;
    while (!cursor.takes('}')) {
      if (cursor.sees('...')) this.needs('v0.4', '`...` (a spread) in an object');
      const at = cursor.offset;
      const alias = this.#alias();
      if (alias === null) {
        const key = this.key();
        if (key !== null && (cursor.sees(',') || cursor.sees('}')))
          throw new LaterFeatureError('a name without a value in an object', 'v0.4', `write \`${key}: ${key}\``, at);
        cursor.offset = at;
        throw cursor.error(`expected \`name: value\` in the object, found ${cursor.found()}`);
      }
      items.push({ alias, spread: false, value: this.expression(), offset: at });
      if (cursor.takes(',')) continue;
      cursor.expect('}', 'or a comma (commas are required between the properties of an object)');
      break;
    }
    return { kind: 'selection', items, offset };
  }
}

/** `"a,b"->split(",")`, `5`, `{ … }`, `a ?? b`; not `"name"` with braces, which is a field. */
function isLiteralOrObject({ alias, spread, value }: Item): boolean {
  if (alias !== null || spread) return false;
  return value.kind !== 'path' || (bareLiteral(value) !== null && value.steps.length > 0);
}

function refuseProto(name: string, offset: number): void {
  if (name === '__proto__') throw new MappingSyntaxError('`__proto__` cannot be the name of a field', offset);
}

function refuseUnnamed(item: Item): void {
  const { spread, value, offset } = item;
  if (spread || outputName(item) !== null || (value.kind === 'path' && value.selection !== null)) return;
  const what = value.kind === 'path' ? 'a path of several steps beside other fields' : 'a value that is no field';
  throw new MappingSyntaxError(`${what} needs a name: \`name: path.to.value\``, offset);
}
