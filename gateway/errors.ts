/** What is known of a code. */
export interface ErrorEntry {
  /** Of an answer that has no data because of it. Null: it stands beside data, or no answer of HTTP has it. */
  readonly status: number | null;
  /** Of a command that ends with it; 1 when absent. */
  readonly exit?: 2 | 3;
  readonly meaning: string;
  /** What to do about it, for whoever reads the code. */
  readonly remedy: string;
}

/**
 * Every code that Headgate puts into an answer, an envelope or a log line. Callers match codes, never messages.
 * `gateway/ERRORS.md` is made of this; a test compares it.
 */
export const ERRORS = {
  // Client requests
  BAD_REQUEST: {
    status: 400,
    meaning: 'the request is not a well-formed GraphQL-over-HTTP request',
    remedy: 'send a query (POST with JSON, or GET) as the message says; brackets, JSON and parameters are named there',
  },
  REQUEST_TOO_LARGE: {
    status: 413,
    meaning: 'the request body is larger than limits.request_bytes after decompression',
    remedy: 'ask for less at once, or raise limits.request_bytes',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    meaning: 'the request did not arrive in time',
    remedy: 'send the request without long pauses; look at the network in between',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    meaning: 'the content-type, charset or content-encoding of the request body is not supported',
    remedy: 'send application/json in utf-8, uncompressed or in one of the codings of accept-encoding in the answer',
  },
  NOT_ACCEPTABLE: {
    status: 406,
    meaning: 'the accept header leaves no media type that can be answered',
    remedy: 'accept application/graphql-response+json or application/json',
  },
  PERSISTED_QUERY_NOT_SUPPORTED: {
    status: 200,
    meaning: 'automatic persisted queries are off (persisted_documents.apq), and the request has a hash and no text',
    remedy: 'send the text; clients of Apollo do so by themselves',
  },
  PERSISTED_QUERY_NOT_IN_LIST: {
    status: 404,
    meaning: 'the request names a document by an id that no manifest of persisted_documents has',
    remedy: 'add the document to a manifest, or look whether the client was built with another one',
  },
  PERSISTED_QUERY_ID_REQUIRED: {
    status: 400,
    meaning: 'the request has the text of an operation, and persisted_documents.require is id',
    remedy: 'send the id of a document of a manifest in place of the text',
  },
  QUERY_NOT_IN_SAFELIST: {
    status: 403,
    meaning: 'persisted_documents.require is true, and no manifest has a document with exactly this text',
    remedy: 'add the document to a manifest, byte for byte as the client sends it, or send its id',
  },
  CANNOT_SEND_PQ_ID_AND_BODY: {
    status: 400,
    meaning: 'the request has the id of a persisted document and a text that is another one',
    remedy: 'send the id alone, or the text alone',
  },
  UNAUTHENTICATED: {
    status: 401,
    meaning:
      'the credentials of the client are not right, or it sent none and needs some; a subgraph or REST service answered 401',
    remedy:
      'send credentials that authentication names; the log has the reason. Of a service, those that it takes, with a header rule that passes them on',
  },
  UPSTREAM_UNAUTHENTICATED: {
    status: null,
    meaning: 'the gateway was given no token to show to a subgraph or REST service, which was not asked',
    remedy:
      'token.failed in the log says why: correct client_id, client_secret, scopes or audience under auth, or see why the token endpoint does not answer; of an exchange, the client may have sent a token that cannot be exchanged',
  },
  UNAUTHORIZED_FIELD_OR_TYPE: {
    status: 403,
    meaning:
      'the supergraph protects a field or type, and whoever asks does not fulfil what it requires; with a status of its own where authorization.directives.mode is reject',
    remedy:
      'ask with an identity that has the scopes, or for which the policies hold; or leave out the field that `path` names',
  },
  AUTHENTICATION_UNAVAILABLE: {
    status: 503,
    meaning: 'whether the credentials are right cannot be said now: the identity provider does not answer',
    remedy:
      'try again after retry-after; when it stays, the log says which keys cannot be read, or who does not answer',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    meaning: 'the path exists and does not answer this method',
    remedy: 'use one of the methods in the allow header of the answer',
  },
  OPERATION_LIMIT_EXCEEDED: {
    status: 400,
    meaning: 'the operation exceeds one of the counts under limits',
    remedy: 'make the operation smaller; extensions name the limit, which can be raised under limits',
  },
  REQUEST_RATE_LIMITED: {
    status: 429,
    meaning: 'a policy of rate_limit allows no more such requests for now; extensions name the policies',
    remedy: 'wait as long as retry-after says; ratelimit in each answer tells beforehand what is left',
  },
  RATE_LIMIT_UNAVAILABLE: {
    status: 503,
    meaning: 'the store that counts requests did not answer, and rate_limit.on_store_error is deny',
    remedy: 'try again after retry-after; see why the store does not answer, or choose on_store_error: local',
  },
  COST_ESTIMATED_TOO_EXPENSIVE: {
    status: 400,
    meaning: 'the estimated cost of the operation exceeds demand_control.max; extensions have both',
    remedy: 'ask for fewer objects at once, in shorter lists; or raise demand_control.max',
  },
  COST_INVALID_SLICING_ARGUMENTS: {
    status: 400,
    meaning: 'a field whose @listSize wants exactly one slicing argument has none, or several',
    remedy:
      'give one of the arguments that say how much is wanted; or set requireOneSlicingArgument: false in the schema',
  },
  SUBGRAPH_COST_ESTIMATED_TOO_EXPENSIVE: {
    status: null,
    meaning: 'what the operation asks of a subgraph exceeds its max under demand_control.subgraphs: it was not asked',
    remedy: 'ask for less of the subgraph at once; or raise its max',
  },
  ANSWER_TOO_LARGE: {
    status: null,
    meaning: 'the answer would have more than limits.max_answer_objects or limits.answer_bytes allow',
    remedy: 'ask for fewer objects, in pages; or raise the limit that the message names',
  },
  GATEWAY_NOT_READY: {
    status: 503,
    meaning: 'no supergraph is loaded yet, or the gateway is draining',
    remedy: 'try again after retry-after; when it stays, readiness and the log say what is missing',
  },
  GATEWAY_OVERLOADED: {
    status: 503,
    meaning:
      'as many requests as traffic_shaping.router.max_concurrency are being answered, or large requests or answers leave no room',
    remedy: 'try again later; more gateways or workers, or higher limits where the machine has room',
  },
  GATEWAY_EXHAUSTED: {
    status: null,
    meaning:
      'the gateway itself could not make the call: it has no descriptors, ports or memory left, or its tls settings are wrong',
    remedy: 'give the process more descriptors, ports or memory, or correct its tls settings; the log names which',
  },
  GATEWAY_TIMEOUT: {
    status: 504,
    exit: 2,
    meaning: 'the deadline of the client request passed',
    remedy: 'see which subgraph is slow; or raise traffic_shaping.router.timeout',
  },
  REQUEST_CANCELLED: {
    status: 499,
    meaning: 'the client went away before the answer',
    remedy: 'nothing; many of them mean that clients wait less long than answers take',
  },
  // Planning
  PLANNING_FAILED: {
    status: 400,
    meaning: 'the operation cannot be planned against this supergraph',
    remedy: 'change the operation as the message says; headgate plan shows the same without a gateway',
  },
  PLANNING_TIMEOUT: {
    status: 400,
    exit: 2,
    meaning: 'planning took longer than planning.deadline',
    remedy: 'split the operation, or raise planning.deadline',
  },
  PLANNING_OVERLOADED: {
    status: 503,
    meaning: 'more operations wait for planning than planning.queue',
    remedy: 'try again after retry-after; when it stays, fewer different operations or a higher planning.queue',
  },
  // Subgraph fetches
  SUBGRAPH_UNREACHABLE: {
    status: null,
    meaning: 'no instance of the subgraph could be connected to',
    remedy: 'start the instances or correct their addresses; headgate pool list says why each failed',
  },
  SUBGRAPH_TIMEOUT: {
    status: null,
    exit: 2,
    meaning: 'the subgraph did not answer within its timeout',
    remedy: 'see why the subgraph is slow; or raise its timeout under traffic_shaping',
  },
  SUBGRAPH_OVERLOADED: {
    status: null,
    meaning: 'the concurrency limit and the queue of the subgraph are full',
    remedy: 'add instances, or raise the limits of its concurrency',
  },
  SUBGRAPH_HTTP_ERROR: {
    status: null,
    meaning: 'the subgraph answered with an HTTP status that carries no GraphQL answer',
    remedy: 'look at the log of the subgraph; the log of the gateway has the status',
  },
  SUBGRAPH_RESPONSE_INVALID: {
    status: null,
    meaning: 'the subgraph answered something that is not a GraphQL response',
    remedy: 'correct the subgraph: what it answers is not what its schema and GraphQL promise',
  },
  SUBGRAPH_RESPONSE_TOO_LARGE: {
    status: null,
    meaning: 'the answer exceeds limits.response_bytes or limits.response_depth',
    remedy: 'ask for less, or raise the limit that the message names',
  },
  MUTATION_OUTCOME_UNKNOWN: {
    status: null,
    exit: 2,
    meaning: 'a mutation was sent and no answer came back; it was not sent again',
    remedy: 'read whether the change was made before sending it again',
  },
  DATA_SOURCE_FAILED: {
    status: null,
    meaning: 'the data source that buildService gave for the subgraph threw',
    remedy: 'correct the data source; the log has what it threw',
  },
  REST_RESPONSE_INVALID: {
    status: null,
    meaning: 'the REST service answered something that the mapping cannot use',
    remedy: 'correct the mapping or the service; headgate rest serve runs the adapter alone',
  },
  // REST services
  BAD_USER_INPUT: {
    status: null,
    meaning: 'a value makes no safe REST request, or the service answered 400 or 422',
    remedy: 'correct the argument or variable that the message names',
  },
  RATE_LIMITED: {
    status: null,
    meaning:
      'the REST service answered 429; extensions.retryAfter says for how many seconds, where error_masking lets it pass',
    remedy: 'ask less often; wait as long as extensions.retryAfter says',
  },
  UPSTREAM_ERROR: {
    status: null,
    meaning: 'the REST service answered an error status',
    remedy: 'look at the log of the REST service; the log of the gateway has the status',
  },
  UPSTREAM_UNAVAILABLE: {
    status: null,
    meaning: 'no instance of the REST service could be connected to',
    remedy: 'start the instances or correct their addresses; headgate pool list says why each failed',
  },
  // Supergraph and registry
  COMPOSITION_FAILED: {
    status: 422,
    meaning: 'the subgraphs do not compose',
    remedy: 'correct the subgraphs as the list of problems says, with line and column',
  },
  BREAKING_CHANGE: {
    status: 422,
    meaning: 'the change would break operations that clients ask for',
    remedy:
      'deprecate first and wait until nobody asks, or pass allow_breaking=true (--allow-breaking); `registry.checks` says what is refused',
  },
  LINT_FAILED: {
    status: 422,
    meaning: 'the SDL breaks rules of `registry.lint` that are errors',
    remedy: 'correct it at the places that are named, or make the rule a warning',
  },
  SUPERGRAPH_INVALID: {
    status: 422,
    meaning: 'the file is not a supergraph that Headgate can serve',
    remedy: 'compose it anew with headgate compose or another composer of Federation 2',
  },
  SUPERGRAPH_UNAVAILABLE: {
    status: 503,
    meaning: 'no source and no checkpoint yields a supergraph',
    remedy: 'see that its sources can be reached and read; the message says what failed',
  },
  CONNECT_INVALID: {
    status: 422,
    meaning: 'a @source or @connect directive of a REST adapter is wrong',
    remedy: 'correct the directives as the list of problems says, with line and column',
  },
  OPENAPI_INVALID: {
    status: null,
    meaning:
      'no REST adapter can be drafted from an OpenAPI document: it is none, or no operation of it can be imported',
    remedy: 'see what the message names; `headgate rest import` reads versions 2.0, 3.0 and 3.1, in JSON or YAML',
  },
  UNAUTHORIZED: {
    status: 401,
    meaning: 'the call needs a bearer token',
    remedy: 'send the token of the admin listener, or one of its keys, in the header authorization: Bearer …',
  },
  FORBIDDEN: {
    status: 403,
    meaning:
      'the token does not allow this call; no policy of cors names the origin of the page; a subgraph or REST service answered 403',
    remedy:
      'use a token with the role that the call needs; name the origin under cors; of a subgraph, use a token that may see the data',
  },
  NOT_FOUND: {
    status: 404,
    meaning: 'the named thing does not exist',
    remedy: 'see the names that there are with the list commands',
  },
  CONFLICT: {
    status: 409,
    meaning: 'somebody else changed the same thing first',
    remedy: 'read the present state and make the change again',
  },
  REGISTRY_CORRUPT: {
    status: 503,
    meaning: 'a record of the registry fails its checksum',
    remedy: 'restore the record that the log names from a copy; what is served stays in service',
  },
  REGISTRY_LOCKED: {
    status: 503,
    meaning: 'another process uses this registry directory',
    remedy: 'end the other process, or give this one a directory of its own',
  },
  AUDIT_UNAVAILABLE: {
    status: 503,
    meaning: 'the audit log cannot be written, so the change was refused; nothing changed',
    remedy:
      'see to room and permissions of audit.path, which the log names; audit.on_error: allow lets changes pass unwritten',
  },
  REGISTRY_WRITE_FAILED: {
    status: 503,
    meaning: 'the registry could not store the revision; nothing changed',
    remedy: 'see to room and permissions of the registry directory, then publish again',
  },
  REGISTRY_BUSY: {
    status: 503,
    meaning: 'too many changes wait for the registry',
    remedy: 'try again after retry-after',
  },
  REVISION_NOT_SERVED: {
    status: 503,
    meaning: 'the revision is stored, but the gateway could not take it over',
    remedy: 'see the reason in the message and the log; publish again when it is gone, or roll back',
  },
  INVALID_ARGUMENT: {
    status: 400,
    exit: 3,
    meaning: 'a name, URL, weight, revision or body given to the admin API is wrong',
    remedy: 'correct the argument that the message names',
  },
  NAME_NEEDS_CONFIRMATION: {
    status: 422,
    meaning: 'a new subgraph has a name close to an existing one; create=true confirms it',
    remedy: 'correct the name, or confirm it with create=true (--create)',
  },
  LAST_SUBGRAPH: {
    status: 422,
    meaning: 'deleting the only subgraph would leave nothing to serve',
    remedy: 'publish another subgraph first',
  },
  LAST_INSTANCE: {
    status: null,
    meaning: 'draining the only instance that may be asked would leave nobody; --force does it all the same',
    remedy: 'add an instance first, or drain it with --force',
  },
  // Start-up and command line
  CONFIG_INVALID: {
    status: 400,
    exit: 3,
    meaning: 'the configuration is wrong',
    remedy: 'correct the lines that the message names; headgate validate checks a file',
  },
  EXPRESSION_INVALID: {
    status: 400,
    meaning: 'an expression cannot be compiled: its syntax, a name or a type is wrong',
    remedy: 'correct it at the line and column of the message; headgate expressions check tries one',
  },
  PEER_UNFIT: {
    status: null,
    exit: 3,
    meaning: 'graphql, @apollo/server or @apollo/gateway is missing, of a version that does not work, or there twice',
    remedy: 'install the versions that the message names, each once',
  },
  PORT_IN_USE: {
    status: null,
    exit: 3,
    meaning: 'the address to listen on is taken',
    remedy: 'end the other listener, or choose another port',
  },
  USAGE: {
    status: 400,
    exit: 3,
    meaning: 'the command line is wrong',
    remedy: 'see --help of the command',
  },
  INTERNAL: {
    status: 500,
    meaning: 'a bug in Headgate',
    remedy: 'report it, with the lines of the log around it',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>;

export type ErrorCode = keyof typeof ERRORS;

/** Meanings of all codes. */
export const ERROR_CODES: Readonly<Record<ErrorCode, string>> = Object.freeze(
  Object.fromEntries(Object.entries(ERRORS).map(([code, { meaning }]) => [code, meaning])) as Record<ErrorCode, string>, // as: its keys
);

/** Codes of graphql-js, of Apollo Server and of Apollo's gateway that keep their meaning. */
export const KNOWN_ELSEWHERE = {
  GRAPHQL_PARSE_FAILED: {
    meaning: 'the text is not GraphQL',
    remedy: 'correct the document at the line and column that the error names',
  },
  GRAPHQL_VALIDATION_FAILED: {
    meaning: 'the operation does not fit the schema',
    remedy: 'correct the operation as the message says; the schema may have changed since it was written',
  },
  OPERATION_RESOLUTION_FAILURE: {
    meaning: 'which operation of the document is meant cannot be told',
    remedy: 'name one of its operations in operationName',
  },
  INTERNAL_SERVER_ERROR: {
    meaning: 'a plugin or Apollo Server itself failed',
    remedy: 'look for what it threw in the log; correct the plugin',
  },
  DOWNSTREAM_SERVICE_ERROR: {
    meaning: 'a subgraph answered an error without a code',
    remedy: 'look at the log of the subgraph; have it give its errors codes',
  },
} as const satisfies Readonly<Record<string, Pick<ErrorEntry, 'meaning' | 'remedy'>>>;

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code);
}

/** @returns undefined when the code is not ours, or has none */
export function statusOfCode(code: unknown): number | undefined {
  return isErrorCode(code) ? (ERRORS[code].status ?? undefined) : undefined;
}

/**
 * An error that has a stable code; only that of a bug has a stack. `details` is safe to show to whoever caused it; `cause` stays in the
 * house. `headers`, lower-case names, are those of an answer that is nothing but this error.
 */
export class HeadgateError extends Error {
  override readonly name = 'HeadgateError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      details?: Readonly<Record<string, unknown>>;
      cause?: unknown;
      headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    // Most are answers to what clients and subgraphs do: taking the stack would be the dearest part of a refusal.
    const { stackTraceLimit } = Error;
    if (code !== 'INTERNAL') Error.stackTraceLimit = 0;
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.code = code;
    this.details = options.details;
    this.headers = options.headers;
  }
}

export function isHeadgateError(error: unknown, code?: ErrorCode): error is HeadgateError {
  return error instanceof HeadgateError && (code === undefined || error.code === code);
}
