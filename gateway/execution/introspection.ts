import { type DocumentNode, GraphQLError, type OperationDefinitionNode, print } from 'graphql';
import type { Cancellation } from '../cancellation';
import { introspect } from '../supergraph/introspection';
import { introspectionAlias, introspectionPart } from '../supergraph/introspection-part';
import type { SchemaView } from '../supergraph/requirements';
import type { Supergraph } from '../supergraph/supergraph';
import type { AskedIntrospection } from './asked-introspection';
import { JsonText } from './json-text';
import { isJsonObject } from './parts';

/** Answers to some introspection fields of a document. */
export class IntrospectionValues {
  readonly #texts: ReadonlyMap<string, JsonText | null>;
  readonly #values = new Map<string, unknown>();

  constructor(texts: ReadonlyMap<string, JsonText | null>) {
    this.#texts = texts;
  }

  /** The text of one field; undefined when an error has made everything null. */
  text(index: number): JsonText | null | undefined {
    return this.#texts.get(introspectionAlias(index));
  }

  /** What fields with one response key are answered with together. @param indexes at least one */
  value(indexes: readonly number[]): unknown {
    const key = indexes.join();
    if (!this.#values.has(key))
      this.#values.set(key, indexes.map((index) => this.text(index)?.toJSON()).reduce(merged));
    return this.#values.get(key);
  }
}

/** Two answers to the same field with different selections. */
function merged(a: unknown, b: unknown): unknown {
  if (Array.isArray(a) && Array.isArray(b)) return a.map((one, index) => merged(one, b[index]));
  if (!isJsonObject(a) || !isJsonObject(b)) return a;
  const result = new Map(Object.entries(a));
  for (const [key, value] of Object.entries(b))
    result.set(key, result.has(key) ? merged(result.get(key), value) : value);
  return Object.fromEntries(result);
}

interface IntrospectionAnswer {
  readonly values: IntrospectionValues;
  readonly errors: readonly GraphQLError[];
}

/** @throws {HeadgateError} as `supergraph/introspection` does */
export type Introspect = (
  variables: Readonly<Record<string, unknown>>,
  cancellation: Cancellation,
) => Promise<IntrospectionAnswer>;

function jsonOf(bytes: Uint8Array): JsonText | null {
  const text = new JsonText([Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)]);
  return bytes.byteLength === 4 && text.text === 'null' ? null : text;
}

interface IntrospectionSource {
  readonly asked: { readonly document: DocumentNode; readonly operation: OperationDefinitionNode };
  readonly supergraph: Pick<Supergraph, 'apiSchema'>;
  /** What of the schema is answered; null: all of it. */
  readonly view: SchemaView | null;
}

/**
 * Answers `__schema` and `__type` fields of an operation from the API schema.
 * @param asked those that are wanted
 */
export function compileIntrospection(
  { asked: { document, operation }, supergraph: { apiSchema }, view }: IntrospectionSource,
  asked: AskedIntrospection,
): Introspect {
  const fields = [...asked.keys()];
  const used = introspectionPart(document, operation, fields).variables;
  // The text itself: errors name places in it.
  const source = document.loc?.source;
  const query = source?.body ?? print(document);
  const operationName = operation.name?.value ?? null;
  const keyOf = new Map([...asked].map(([index, key]) => [introspectionAlias(index), key]));

  /** Where an error is in the answer, when it is about a root field. */
  function publicPath([alias = '', ...rest]: readonly (string | number)[] = []): readonly (string | number)[] | null {
    const key = keyOf.get(String(alias)) ?? null;
    return key === null ? null : [key, ...rest];
  }

  return async (given, cancellation) => {
    const variables = Object.fromEntries(
      used.flatMap((name) => (Object.hasOwn(given, name) ? [[name, given[name]]] : [])),
    );
    const answer = await introspect(apiSchema, { query, operationName, variables, fields }, cancellation, view);
    const texts = answer.texts.map(([alias, text]) => [alias, jsonOf(text)] as const);
    return {
      values: new IntrospectionValues(new Map(answer.hasData ? texts : [])),
      errors: answer.errors.map(
        ({ message, path, positions }) => new GraphQLError(message, { source, positions, path: publicPath(path) }),
      ),
    };
  };
}
