import type { EnumType } from './graph';
import { nameOfReference } from './references';
import type { View } from './schema-view';
import type { TypeNames } from './type-names';

/** Enums of answers and arguments; those of the same values at the same place are one. */
export class EnumTypes {
  readonly all: EnumType[] = [];
  readonly #byIdentity = new Map<string, EnumType>();
  readonly #names: TypeNames;

  constructor(names: TypeNames) {
    this.#names = names;
  }

  named(view: View & { kind: 'enum' }, context: string): string {
    const { values, reference, description } = view;
    const identity = JSON.stringify([reference ?? context, values]);
    const known = this.#byIdentity.get(identity);
    if (known !== undefined) return known.name;
    const name = this.#names.take(reference === null ? context : nameOfReference(reference), reference);
    const type: EnumType = { kind: 'enum', name, description, values };
    this.#byIdentity.set(identity, type);
    this.all.push(type);
    return name;
  }
}
