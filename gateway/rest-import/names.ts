/** Names that GraphQL takes for something else. */
const NO_ENUM_VALUES: ReadonlySet<string> = new Set(['true', 'false', 'null']);
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Whether GraphQL, and the mapping language, can have it as the name of a field. */
function isName(text: string): boolean {
  return NAME.test(text) && !text.startsWith('__');
}

export function isEnumValue(text: string): boolean {
  return isName(text) && !NO_ENUM_VALUES.has(text);
}

/** A name of a field or an argument: as it is where GraphQL can have it, otherwise what is left of it. */
export function fieldName(text: string): string {
  if (isName(text)) return text;
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/\[\]/g, '')
    .replace(/^@/, '')
    .replace(/[^A-Za-z0-9_]+/g, '_')
    .replace(/^_{2,}/, '_')
    .replace(/(?<=.)_+$/, '');
  if (isName(plain) && plain !== '_') return plain;
  return `_${plain}`.replace(/^_{2,}/, '_').replace(/^_$/, 'field');
}

/** A name in capitals: of a type. */
export function typeName(text: string): string {
  const words = text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');
  const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  if (joined === '') return 'Type';
  return /^[0-9]/.test(joined) ? `T${joined}` : joined;
}

/** A name that begins small: of a root field. */
export function camelName(text: string): string {
  if (isName(text) && /^[a-z]/.test(text) && !text.includes('_')) return text;
  const name = typeName(text);
  // `URLList` becomes `urlList`.
  return name.replace(/^[A-Z]+(?=[A-Z][a-z])|^[A-Z]+(?![a-z])|^[A-Z]/, (start) => start.toLowerCase());
}

/** Names that are there once. */
export class NameBook {
  readonly #taken: Set<string>;

  constructor(taken: Iterable<string> = []) {
    this.#taken = new Set(taken);
  }

  /** The name, or the name with the next free number behind it. */
  take(wanted: string): string {
    let name = wanted;
    for (let number = 2; this.#taken.has(name); number += 1) name = `${wanted}_${number}`;
    this.#taken.add(name);
    return name;
  }
}
