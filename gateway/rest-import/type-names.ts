import { JSON_SCALAR, LONG_SCALAR } from './graph';
import { NameBook, typeName } from './names';

/** Names that GraphQL, federation and drafts themselves have. */
const OWN = ['Query', 'Mutation', 'Subscription', 'Int', 'Float', 'String', 'Boolean', 'ID', JSON_SCALAR, LONG_SCALAR];

/** Names of types. A schema that has a name of its own gets it whatever comes before it. */
export class TypeNames {
  readonly #book: NameBook;
  readonly #reserved = new Map<string, string>();

  /** @param named schemas with names: reference and name, in the order of the document */
  constructor(named: Iterable<readonly [reference: string, name: string]>) {
    this.#book = new NameBook(OWN);
    for (const [reference, name] of named) this.#reserved.set(reference, this.#book.take(typeName(name)));
  }

  take(wanted: string, reference: string | null, suffix = ''): string {
    const reserved = reference === null || suffix !== '' ? undefined : this.#reserved.get(reference);
    if (reserved === undefined) return this.#book.take(withSuffix(typeName(wanted), suffix));
    this.#reserved.delete(reference ?? '');
    return reserved;
  }
}

function withSuffix(name: string, suffix: string): string {
  return name.endsWith(suffix) ? name : name + suffix;
}
