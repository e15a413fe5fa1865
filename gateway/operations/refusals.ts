import { GraphQLError } from 'graphql';
import { ERRORS, type ErrorCode, isHeadgateError } from '../errors';
import { announce } from '../events';

/** What an operation may be refused for. Every other code is our own failure, which is not the client's business. */
const TOLD: ReadonlySet<ErrorCode> = new Set([
  // An operation that cannot be planned in time is the operation's fault, a full queue is not.
  'PLANNING_FAILED',
  'PLANNING_TIMEOUT',
  'REQUEST_CANCELLED',
  'GATEWAY_NOT_READY',
  'PLANNING_OVERLOADED',
]);

/** An error with a code, and with what it says about the status and the headers of the whole answer. */
function withCode(code: string, message: string, status: number, headers?: ReadonlyMap<string, string>): GraphQLError {
  const http = headers === undefined ? { status } : { status, headers };
  return new GraphQLError(message, { extensions: { code, http } });
}

/** @param id of the request @throws what is no HeadgateError */
export function refusalOf(error: unknown, id: string): GraphQLError {
  if (!isHeadgateError(error)) throw error;
  const { code, message } = error;
  if (TOLD.has(code)) return withCode(code, message, ERRORS[code].status ?? 500);
  announce('internal.error', { id, where: 'operations', error });
  return withCode('INTERNAL', 'Internal server error', 500);
}

export function noQuery(): GraphQLError {
  return withCode('BAD_REQUEST', 'the request must have a "query": a string that holds a GraphQL document', 400);
}

export function unresolved(): GraphQLError {
  const message = '"operationName" must name one of the operations of the document';
  return withCode('OPERATION_RESOLUTION_FAILURE', message, 400);
}

export function subscriptionRefused(): GraphQLError {
  const message = 'this gateway does not execute subscriptions; send a query or a mutation';
  return withCode('BAD_REQUEST', message, 400);
}

export function mutationByGet(kind: string): GraphQLError {
  const message = `GET requests only support query operations, not ${kind} operations`;
  return withCode('BAD_REQUEST', message, 405, new Map([['allow', 'POST']]));
}

/** The answer that makes a client send the text beside the hash. No cache on the way may keep it. */
export function persistedQueryNotFound(): GraphQLError {
  const headers = new Map([['cache-control', 'private, no-cache, must-revalidate']]);
  return withCode('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound', 200, headers);
}

/** Of an operation that clients name and do not send. */
type PersistedRefusal =
  | 'PERSISTED_QUERY_NOT_SUPPORTED'
  | 'PERSISTED_QUERY_NOT_IN_LIST'
  | 'PERSISTED_QUERY_ID_REQUIRED'
  | 'QUERY_NOT_IN_SAFELIST'
  | 'CANNOT_SEND_PQ_ID_AND_BODY';

const PERSISTED_MESSAGES: Readonly<Record<PersistedRefusal, string>> = {
  // The message by which clients know that they are to send texts from now on.
  PERSISTED_QUERY_NOT_SUPPORTED: 'PersistedQueryNotSupported',
  PERSISTED_QUERY_NOT_IN_LIST: 'no persisted document has this id',
  PERSISTED_QUERY_ID_REQUIRED: 'this gateway answers persisted documents by their id only; send the id of one',
  QUERY_NOT_IN_SAFELIST: 'this gateway answers persisted documents only, and the operation is not one of them',
  CANNOT_SEND_PQ_ID_AND_BODY: 'the request has the id of a persisted document and another text; send one of them',
};

export function persistedRefusal(code: PersistedRefusal): GraphQLError {
  return withCode(code, PERSISTED_MESSAGES[code], ERRORS[code].status);
}

/** @param message without what the document says nothing about */
export function syntaxRefusal({ message, source, positions }: GraphQLError): GraphQLError {
  const extensions = { code: 'GRAPHQL_PARSE_FAILED', http: { status: 400 } };
  return new GraphQLError(message, { source, positions, extensions });
}

export function validationRefusal({ message, nodes, source, positions, extensions }: GraphQLError): GraphQLError {
  const code = 'GRAPHQL_VALIDATION_FAILED';
  return new GraphQLError(message, {
    ...(nodes === undefined ? { source, positions } : { nodes }),
    extensions: { http: { status: 400 }, ...extensions, code },
  });
}
