import { type DocumentNode, GraphQLError, type GraphQLSchema, type OperationDefinitionNode, print } from 'graphql';
import type { Cancellation } from '../cancellation';
import { introspect } from '../supergraph/introspection';
import { introspectionPart } from '../supergraph/introspection-part';
import { JsonText } from './json-text';

/** Answers of the `__schema` and `__type` fields by response key. */
export interface IntrospectionAnswer {
  readonly data: Readonly<Record<string, JsonText | null>> | null;
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

/** Answers the `__schema` and `__type` fields of an operation from the API schema. */
export function compileIntrospection(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  apiSchema: GraphQLSchema,
): Introspect {
  const used = introspectionPart(document, operation).variables;
  // The text itself: errors name places in it.
  const source = document.loc?.source;
  const query = source?.body ?? print(document);
  const operationName = operation.name?.value ?? null;
  return async (given, cancellation) => {
    const variables = Object.fromEntries(
      used.flatMap((name) => (Object.hasOwn(given, name) ? [[name, given[name]]] : [])),
    );
    const answer = await introspect(apiSchema, { query, operationName, variables }, cancellation);
    const data = answer.texts.map(([key, text]) => [key, jsonOf(text)] as const);
    return {
      data: answer.hasData ? Object.fromEntries(data) : null,
      errors: answer.errors.map(
        ({ message, path, positions }) => new GraphQLError(message, { source, positions, path }),
      ),
    };
  };
}
