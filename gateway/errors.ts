/**
 * Every code that Headgate puts into an answer, an envelope or a log line. Callers match codes, never messages.
 * `gateway/ERRORS.md` shows the same table; a test keeps the two equal.
 */
export const ERROR_CODES = {
  // Client requests
  BAD_REQUEST: 'the request is not a well-formed GraphQL-over-HTTP request',
  REQUEST_TOO_LARGE: 'the request body is larger than limits.request_bytes after decompression',
  REQUEST_TIMEOUT: 'the request did not arrive in time',
  UNSUPPORTED_MEDIA_TYPE: 'the content-type, charset or content-encoding of the request body is not supported',
  NOT_ACCEPTABLE: 'the accept header leaves no media type that can be answered',
  METHOD_NOT_ALLOWED: 'the path exists and does not answer this method',
  OPERATION_LIMIT_EXCEEDED: 'the operation exceeds one of the counts under limits',
  ANSWER_TOO_LARGE: 'the answer would have more than limits.max_answer_objects or limits.answer_bytes allow',
  GATEWAY_NOT_READY: 'no supergraph is loaded yet, or the gateway is draining',
  GATEWAY_OVERLOADED:
    'as many requests as traffic_shaping.router.max_concurrency are being answered, or large requests or answers leave no room',
  GATEWAY_EXHAUSTED:
    'the gateway itself could not make the call: it has no descriptors, ports or memory left, or its tls settings are wrong',
  GATEWAY_TIMEOUT: 'the deadline of the client request passed',
  REQUEST_CANCELLED: 'the client went away before the answer',
  // Planning
  PLANNING_FAILED: 'the operation cannot be planned against this supergraph',
  PLANNING_TIMEOUT: 'planning took longer than planning.deadline',
  PLANNING_OVERLOADED: 'more operations wait for planning than planning.queue',
  // Subgraph fetches
  SUBGRAPH_UNREACHABLE: 'no instance of the subgraph could be connected to',
  SUBGRAPH_TIMEOUT: 'the subgraph did not answer within its timeout',
  SUBGRAPH_OVERLOADED: 'the concurrency limit and the queue of the subgraph are full',
  SUBGRAPH_HTTP_ERROR: 'the subgraph answered with an HTTP status that carries no GraphQL answer',
  SUBGRAPH_RESPONSE_INVALID: 'the subgraph answered something that is not a GraphQL response',
  SUBGRAPH_RESPONSE_TOO_LARGE: 'the answer exceeds limits.response_bytes or limits.response_depth',
  MUTATION_OUTCOME_UNKNOWN: 'a mutation was sent and no answer came back; it was not sent again',
  DATA_SOURCE_FAILED: 'the data source that buildService gave for the subgraph threw',
  REST_RESPONSE_INVALID: 'the REST service answered something that the mapping cannot use',
  // REST services
  UNAUTHENTICATED: 'a subgraph or REST service answered 401',
  BAD_USER_INPUT: 'a value makes no safe REST request, or the service answered 400 or 422',
  RATE_LIMITED: 'the REST service answered 429; extensions.retryAfter says for how many seconds',
  UPSTREAM_ERROR: 'the REST service answered an error status',
  UPSTREAM_UNAVAILABLE: 'no instance of the REST service could be connected to',
  // Supergraph and registry
  COMPOSITION_FAILED: 'the subgraphs do not compose',
  SUPERGRAPH_INVALID: 'the file is not a supergraph that Headgate can serve',
  SUPERGRAPH_UNAVAILABLE: 'no source and no checkpoint yields a supergraph',
  CONNECT_INVALID: 'a @source or @connect directive of a REST adapter is wrong',
  UNAUTHORIZED: 'the call needs a bearer token',
  FORBIDDEN: 'the token does not allow this call; a subgraph or REST service answered 403',
  NOT_FOUND: 'the named thing does not exist',
  CONFLICT: 'somebody else changed the same thing first',
  REGISTRY_CORRUPT: 'a record of the registry fails its checksum',
  REGISTRY_LOCKED: 'another process uses this registry directory',
  REGISTRY_WRITE_FAILED: 'the registry could not store the revision; nothing changed',
  REGISTRY_BUSY: 'too many changes wait for the registry',
  REVISION_NOT_SERVED: 'the revision is stored, but the gateway could not take it over',
  INVALID_ARGUMENT: 'a name, URL, weight, revision or body given to the admin API is wrong',
  NAME_NEEDS_CONFIRMATION: 'a new subgraph has a name close to an existing one; create=true confirms it',
  LAST_SUBGRAPH: 'deleting the only subgraph would leave nothing to serve',
  LAST_INSTANCE: 'draining the only instance that may be asked would leave nobody; --force does it all the same',
  // Start-up and command line
  CONFIG_INVALID: 'the configuration is wrong',
  PEER_UNFIT: 'graphql, @apollo/server or @apollo/gateway is missing, of a version that does not work, or there twice',
  PORT_IN_USE: 'the address to listen on is taken',
  USAGE: 'the command line is wrong',
  INTERNAL: 'a bug in Headgate',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** An error that has a stable code; only that of a bug has a stack. `details` is safe to show to whoever caused it; `cause` stays in the house. */
export class HeadgateError extends Error {
  override readonly name = 'HeadgateError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: Readonly<Record<string, unknown>>; cause?: unknown } = {},
  ) {
    // Most are answers to what clients and subgraphs do: taking the stack would be the dearest part of a refusal.
    const { stackTraceLimit } = Error;
    if (code !== 'INTERNAL') Error.stackTraceLimit = 0;
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.code = code;
    this.details = options.details;
  }
}

export function isHeadgateError(error: unknown, code?: ErrorCode): error is HeadgateError {
  return error instanceof HeadgateError && (code === undefined || error.code === code);
}
