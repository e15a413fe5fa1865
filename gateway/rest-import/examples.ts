import type { Operation } from './operations';
import type { Property, SchemaReader, View } from './schema-view';
import { isTree } from './tree';

/** Values of examples that are looked at. */
const VALUES_MAX = 500_000;

/**
 * Where the examples of a document contradict its schemas. They show what the service does: a field that is said to be there and is not
 * would make the whole object null.
 */
export class Contradictions {
  readonly #missing = new Set<Property>();
  readonly #otherValues = new Set<readonly string[]>();
  #left = VALUES_MAX;

  constructor(operations: readonly Pick<Operation, 'answers'>[], schemas: SchemaReader) {
    for (const { answers } of operations)
      for (const { status, content, examples } of answers) {
        const [schema] = content.values();
        if (schema === undefined || !/^2/.test(status)) continue;
        for (const example of examples) this.#compare(schemas.view(schema), example, schemas);
      }
  }

  /** Some example lacks it, or has null for it. */
  isMissing(property: Property): boolean {
    return this.#missing.has(property);
  }

  /** Some example has another value than the enum. */
  hasOtherValues(values: readonly string[]): boolean {
    return this.#otherValues.has(values);
  }

  #compare(view: View, example: unknown, schemas: SchemaReader): void {
    this.#left -= 1;
    if (this.#left < 0) return;
    if (view.kind === 'enum' && typeof example === 'string') {
      if (!view.values.includes(example)) this.#otherValues.add(view.values);
    } else if (view.kind === 'list' && Array.isArray(example)) {
      const items = schemas.view(view.items);
      for (const item of example) this.#compare(items, item, schemas);
    } else if (view.kind === 'object' && isTree(example)) this.#object(view, example, schemas);
  }

  #object(view: View & { kind: 'object' }, example: Readonly<Record<string, unknown>>, schemas: SchemaReader): void {
    const { forms } = view;
    const form = forms?.all.find(({ values }) => values.includes(String(example[forms.property])));
    if (form !== undefined) this.#compare(schemas.view(form.schema), example, schemas);
    for (const [name, property] of view.properties) {
      const value = Object.hasOwn(example, name) ? example[name] : undefined;
      if (value === undefined || value === null) this.#missing.add(property);
      else this.#compare(schemas.view(property.schema), value, schemas);
    }
  }
}
