import { type GraphQLOutputType, getNamedType } from 'graphql';
import type { FullTypes } from '../supergraph/full-types';

export function namedTypeOf(type: GraphQLOutputType): string {
  return getNamedType(type).name;
}

/** Object types that type conditions let through, each worked out once: there may be thousands of types. */
export class PossibleTypes {
  readonly #types: FullTypes;
  readonly #of = new Map<string, readonly string[]>();

  constructor(types: FullTypes) {
    this.#types = types;
  }

  /** Those that fit a condition, hidden ones too. */
  of(condition: string): readonly string[] {
    const { objectTypes, fits } = this.#types;
    if (objectTypes.has(condition)) return [condition];
    let found = this.#of.get(condition);
    if (found === undefined) {
      found = [...objectTypes].filter((typename) => fits(typename, condition));
      this.#of.set(condition, found);
    }
    return found;
  }

  /** Whether some object fits both of two conditions; null lets all through. */
  overlap(one: string | null, other: string | null): boolean {
    if (one === null || other === null || one === other) return true;
    const { objectTypes, fits } = this.#types;
    if (objectTypes.has(one)) return fits(one, other);
    if (objectTypes.has(other)) return fits(other, one);
    return this.of(one).some((typename) => fits(typename, other));
  }

  /** The narrower one of a condition and another inside of it, as far as one of them says it all; null: nothing is known. */
  narrower(outer: string | null, inner: string): string | null {
    if (outer === null || outer === inner) return inner;
    const { objectTypes, fits } = this.#types;
    if (objectTypes.has(outer)) return outer;
    if (objectTypes.has(inner)) return inner;
    return this.of(outer).every((typename) => fits(typename, inner)) ? outer : inner;
  }
}
