import { DYN, mapOf, parameter, STRING, type Type } from './types';

/** Finds out which types the type parameters of functions and of empty lists stand for. */
export class Unifier {
  #known = new Map<string, Type>();
  #made = 0;

  fresh(): Type {
    this.#made += 1;
    return parameter(`?${this.#made}`);
  }

  /** The types with parameters of their own in place of those that they are declared with. */
  instantiate(types: readonly Type[]): readonly Type[] {
    const renamed = new Map<string, Type>();
    return types.map((type) => this.#rename(type, renamed));
  }

  #rename(type: Type, renamed: Map<string, Type>): Type {
    return mapParameters(type, (found) => {
      const known = renamed.get(found.name) ?? this.fresh();
      renamed.set(found.name, known);
      return known;
    });
  }

  /** What is known of a type. What a parameter stands for and is not known is anything when `final`. */
  resolve(type: Type, final = false): Type {
    return mapParameters(type, (found) => {
      const known = this.#known.get(found.name);
      if (known !== undefined) return this.resolve(known, final);
      return final ? DYN : found;
    });
  }

  /** Whether values of each type may stand where those others are expected. What it learns is kept only when all may. */
  assignable(given: readonly Type[], expected: readonly Type[]): boolean {
    const before = new Map(this.#known);
    const fits =
      given.length === expected.length && given.every((type, index) => this.#fits(type, expected[index] ?? DYN));
    if (!fits) this.#known = before;
    return fits;
  }

  /** The type of what is either of two; null when they have nothing in common. */
  join(a: Type, b: Type): Type | null {
    if (!this.assignable([a], [b])) return null;
    if (this.resolve(b).kind === 'null') return a;
    return this.#isMoreGeneral(a, b) ? a : b;
  }

  #fits(given: Type, expected: Type): boolean {
    if (expected.kind === 'parameter') return this.#learn(expected.name, given, (known) => this.#fits(given, known));
    if (given.kind === 'parameter') return this.#learn(given.name, expected, (known) => this.#fits(known, expected));
    if (given.kind === 'dyn' || expected.kind === 'dyn') return true;
    if (given.kind === 'null') return NULLABLE.has(expected.kind);
    if (expected.kind === 'null') return NULLABLE.has(given.kind);
    if (given.kind === 'object' && expected.kind === 'map') return this.#fits(mapOf(STRING, DYN), expected);
    return this.#fitsParts(given, expected);
  }

  #fitsParts(given: Type, expected: Type): boolean {
    if (given.kind === 'list' && expected.kind === 'list') return this.#fits(given.element, expected.element);
    if (given.kind === 'optional' && expected.kind === 'optional') return this.#fits(given.of, expected.of);
    if (given.kind === 'map' && expected.kind === 'map')
      return this.#fits(given.key, expected.key) && this.#fits(given.value, expected.value);
    if (given.kind === 'object' && expected.kind === 'object') return given.name === expected.name;
    return given.kind === expected.kind;
  }

  /** A parameter takes the first type that it meets, and a more general one later. */
  #learn(name: string, type: Type, fitsKnown: (known: Type) => boolean): boolean {
    const other = this.resolve(type);
    if (other.kind === 'parameter' && other.name === name) return true;
    const known = this.#known.get(name);
    if (known === undefined) {
      if (mentions(other, name)) return false;
      this.#known.set(name, type);
      return true;
    }
    if (!fitsKnown(known)) return false;
    if (this.#isMoreGeneral(type, known) && !mentions(this.resolve(type), name)) this.#known.set(name, type);
    return true;
  }

  #isMoreGeneral(a: Type, b: Type): boolean {
    const [left, right] = [this.resolve(a), this.resolve(b)];
    if (left.kind === 'dyn') return true;
    if (right.kind === 'dyn' || right.kind === 'parameter') return false;
    if (left.kind === 'parameter') return true;
    if (left.kind === 'list' && right.kind === 'list') return this.#isMoreGeneral(left.element, right.element);
    if (left.kind === 'optional' && right.kind === 'optional') return this.#isMoreGeneral(left.of, right.of);
    if (left.kind === 'map' && right.kind === 'map')
      return this.#isMoreGeneral(left.key, right.key) && this.#isMoreGeneral(left.value, right.value);
    return left.kind === right.kind;
  }
}

/** Things that may be null although their type does not say so. */
const NULLABLE: ReadonlySet<Type['kind']> = new Set(['null', 'timestamp', 'duration', 'optional', 'object', 'dyn']);

function mapParameters(type: Type, replace: (found: Extract<Type, { kind: 'parameter' }>) => Type): Type {
  switch (type.kind) {
    case 'parameter':
      return replace(type);
    case 'list':
      return { kind: 'list', element: mapParameters(type.element, replace) };
    case 'optional':
      return { kind: 'optional', of: mapParameters(type.of, replace) };
    case 'map':
      return { ...type, key: mapParameters(type.key, replace), value: mapParameters(type.value, replace) };
    default:
      return type;
  }
}

function mentions(type: Type, name: string): boolean {
  let found = false;
  mapParameters(type, (one) => {
    found ||= one.name === name;
    return one;
  });
  return found;
}
