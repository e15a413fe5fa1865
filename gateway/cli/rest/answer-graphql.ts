import { GraphQLError, type GraphQLSchema, getOperationAST, parse, validate } from 'graphql';
import type { GraphqlRequest } from '../../http/graphql-request';
import { stringifyJson } from '../../json/stringify';
import type { ClientCall, Send } from '../../transport/send';

export interface GraphqlAnswer {
  readonly status: number;
  readonly body: { readonly data?: unknown; readonly errors?: readonly unknown[] };
}

/** Answers one operation over `send` as a GraphQL service would: checked against the schema first. */
export async function answerGraphql(
  { query, operationName, variables = {} }: GraphqlRequest,
  client: ClientCall,
  schema: GraphQLSchema,
  send: Send,
): Promise<GraphqlAnswer> {
  if (query === undefined) return refused([coded('persisted queries are not kept here', 'BAD_REQUEST')]);
  const document = parsed(query);
  if (document instanceof GraphQLError) return refused([document]);
  const errors = validate(schema, document);
  if (errors.length > 0) return refused(errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED')));
  const operation = getOperationAST(document, operationName);
  if (operation === null || operation === undefined || operation.operation === 'subscription') {
    return refused([coded('the document has no such query or mutation', 'OPERATION_RESOLUTION_FAILURE')]);
  }
  const { data, errors: failures } = await send({
    operation: query,
    operationName,
    operationKind: operation.operation,
    variables: `${stringifyJson(variables)}`,
    client,
  });
  return { status: 200, body: { data, ...(failures.length > 0 && { errors: failures }) } };
}

function parsed(query: string) {
  try {
    return parse(query, { maxTokens: 15_000 });
  } catch (error) {
    if (error instanceof GraphQLError) return withCode(error, 'GRAPHQL_PARSE_FAILED');
    throw error;
  }
}

function coded(message: string, code: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

function withCode({ message, source, positions }: GraphQLError, code: string): GraphQLError {
  return new GraphQLError(message, { source, positions, extensions: { code } });
}

function refused(errors: readonly GraphQLError[]): GraphqlAnswer {
  return { status: 400, body: { errors: errors.map((error) => error.toJSON()) } };
}
