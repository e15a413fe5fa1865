import type { IncomingHttpHeaders } from 'node:http';
import { GraphQLError, type GraphQLSchema, getOperationAST, parse, validate } from 'graphql';
import type { Cancellation } from '../../cancellation';
import { stringifyJson } from '../../json/stringify';
import { type ClientCall, PLAN_RETRIES_MAX, type Send } from '../../transport/send';

/** A GraphQL request as its JSON body has it, and what came with it. */
export interface GraphqlRequest {
  readonly body: unknown;
  readonly headers: IncomingHttpHeaders;
  readonly cancellation: Cancellation;
  /** Milliseconds for the whole answer. */
  readonly timeoutMs: number;
}

export interface GraphqlAnswer {
  readonly status: number;
  readonly body: { readonly data?: unknown; readonly errors?: readonly unknown[] };
}

/** Answers one operation over `send` as a GraphQL service would: checked against the schema first. */
export async function answerGraphql(
  request: GraphqlRequest,
  schema: GraphQLSchema,
  send: Send,
): Promise<GraphqlAnswer> {
  const asked = readRequest(request.body);
  if (asked === null) return refused([new GraphQLError('the body must be a JSON object with a `query`')]);
  const document = parsed(asked.query);
  if (document instanceof GraphQLError) return refused([document]);
  const errors = validate(schema, document);
  if (errors.length > 0) return refused(errors);
  const operation = getOperationAST(document, asked.operationName);
  if (operation === null || operation === undefined || operation.operation === 'subscription') {
    return refused([new GraphQLError('the document has no such query or mutation')]);
  }
  const { data, errors: failures } = await send({
    operation: asked.query,
    operationName: asked.operationName,
    operationKind: operation.operation,
    variables: `${stringifyJson(asked.variables)}`,
    client: clientCall(request),
  });
  return { status: 200, body: { data, ...(failures.length > 0 && { errors: failures }) } };
}

function readRequest(body: unknown) {
  if (!isRecord(body)) return null;
  const { query, operationName = null, variables = null } = body;
  if (typeof query !== 'string') return null;
  if (operationName !== null && typeof operationName !== 'string') return null;
  if (variables !== null && !isRecord(variables)) return null;
  return { query, operationName: operationName ?? undefined, variables: variables ?? {} };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(query: string) {
  try {
    return parse(query, { maxTokens: 15_000 });
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

function refused(errors: readonly GraphQLError[]): GraphqlAnswer {
  return { status: 400, body: { errors: errors.map((error) => error.toJSON()) } };
}

function clientCall({ headers, cancellation, timeoutMs }: GraphqlRequest): ClientCall {
  const now = performance.now();
  const retries = { left: PLAN_RETRIES_MAX };
  const deadlineAt = now + timeoutMs;
  return { headers, startedAt: now, deadlineAt, cancellation, calls: [], responseHeaders: new Map(), retries };
}
