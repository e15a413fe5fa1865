import type { GraphQLError } from 'graphql';
import { HeadgateError } from '../../errors';
import { announce, listened, type SubgraphCall } from '../../events';
import { exposesPlan, type Pipeline } from '../../pipeline';
import { type AnswerType, chooseAnswerType } from '../accept';
import { type Apollo, newOutcome, type Outcome } from '../apollo';
import { type OpenCall, openClientCall } from '../client-call';
import type { Concurrency } from '../concurrency';
import type { DirectWay } from '../direct';
import { publicError } from '../error-answer';
import { apolloAnswer, directAnswer, failureAnswer, refusalAnswer } from '../graphql-answer';
import {
  type GraphqlRequest,
  givenSearch,
  readGraphqlBody,
  readGraphqlQuery,
  readGraphqlText,
} from '../graphql-request';
import type { ServerOptions } from '../options';
import type { Answer, Route, RouteRequest } from '../route';

export interface GraphqlRouteOptions {
  readonly options: Pick<ServerOptions, 'path' | 'timeoutMs'> & Partial<Pick<ServerOptions, 'exposeQueryPlan'>>;
  readonly pipeline: Pipeline;
  readonly apollo: Apollo;
  /** Null when a plugin or an option needs every operation to go through Apollo Server. */
  readonly direct: DirectWay | null;
  readonly concurrency: Concurrency;
}

/** Of names and codes that others choose, in the log. */
const NAME_LENGTH_MAX = 256;
const DEFAULT_TYPE: AnswerType = { mediaType: 'application/json', legacy: false };

/** GraphQL over HTTP: https://graphql.github.io/graphql-over-http/draft/ */
export function graphqlRoutes(route: GraphqlRouteOptions): readonly Route[] {
  const { path } = route.options;
  const handle = (request: RouteRequest) => answer(route, request);
  return [
    { method: 'POST', path, handle },
    { method: 'GET', path, handle },
  ];
}

async function answer(route: GraphqlRouteOptions, request: RouteRequest): Promise<Answer> {
  const { concurrency } = route;
  const type = chooseAnswerType(request.headers.accept);
  const outcome = newOutcome();
  let calls: readonly SubgraphCall[] = [];
  let result: Answer;
  let entered = false;
  let asked: GraphqlRequest | null = null;
  try {
    if (request.headers.upgrade !== undefined) refuseWebSocket(request.headers.upgrade);
    if (type === null) throw notAcceptable();
    if (!route.pipeline.ready) throw notReady();
    // Before its body is read, and once it is there: clients that send slowly take nobody's place.
    concurrency.check();
    const text = await readGraphqlText(request);
    concurrency.enter();
    entered = true;
    const refused = text === null ? null : route.pipeline.admitBody(text);
    if (refused !== null)
      throw new HeadgateError('OPERATION_LIMIT_EXCEEDED', refused.message, { details: limitOf(refused) });
    const way = exposesPlan(route.options.exposeQueryPlan ?? false, request.headers) ? null : route.direct;
    asked = text === null ? readGraphqlQuery(request) : (way?.read(text) ?? readGraphqlBody(text));
    const direct = text === null ? null : way?.answer(request, text, asked);
    if (direct !== null && direct !== undefined) {
      const done = await direct;
      outcome.operationName = done.operation.name;
      outcome.operationKind = done.operation.kind;
      outcome.errorCodes = done.errorCodes;
      calls = done.calls;
      result = directAnswer(done, type);
    } else {
      const open = openClientCall(request, route.options.timeoutMs);
      calls = open.call.calls;
      result = await open.finish(run(route, request, asked, open, outcome, type)).finally(open.close);
    }
  } catch (error) {
    const failure = publicError(error, 'graphql');
    outcome.errorCodes = [failure.code];
    result = failureAnswer(failure, type ?? DEFAULT_TYPE);
  } finally {
    if (entered) concurrency.leave();
  }
  announceFinished(request, result.status, asked, outcome, calls);
  return result;
}

async function run(
  { pipeline, apollo }: GraphqlRouteOptions,
  request: RouteRequest,
  asked: GraphqlRequest,
  { call }: OpenCall,
  outcome: Outcome,
  type: AnswerType,
): Promise<Answer> {
  const refused = asked.query === undefined ? null : pipeline.admit(asked.query);
  if (refused !== null) {
    outcome.errorCodes = [refused.extensions.code];
    return refusalAnswer(refused, type);
  }
  await startApollo(apollo);
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  // The media type was chosen above: Apollo Server is not asked to choose again.
  const headers = { ...request.headers, accept: type.mediaType };
  const search = givenSearch(request);
  const variables = asked.body === undefined ? asked.variables : undefined;
  const answered = await apollo.execute({ method, headers, search, body: asked.body }, { call, outcome, variables });
  return apolloAnswer(answered, outcome, type, call.responseHeaders);
}

/** A handshake that reached us as an ordinary request: other upgrades may be ignored, this client waits for a socket. */
function refuseWebSocket(upgrade: string): void {
  if (!/^\s*websocket\s*$/i.test(upgrade)) return;
  throw new HeadgateError(
    'BAD_REQUEST',
    'this path opens no WebSocket: subscriptions are not served yet; send queries and mutations as POST requests',
  );
}

async function startApollo(apollo: Apollo): Promise<void> {
  try {
    await apollo.start();
  } catch (error) {
    announce('internal.error', { where: 'start of Apollo Server', error });
    throw notReady();
  }
}

function shortened(name: string | null): string | null {
  return name === null || name.length <= NAME_LENGTH_MAX ? name : `${name.slice(0, NAME_LENGTH_MAX)}…`;
}

function announceFinished(
  request: RouteRequest,
  status: number,
  asked: GraphqlRequest | null,
  outcome: Outcome,
  calls: readonly SubgraphCall[],
): void {
  if (!listened('request.finished')) return;
  announce('request.finished', {
    // Of an operation that was refused the name is what the client says it is.
    operationName: shortened(outcome.operationName ?? asked?.operationName ?? null),
    operationKind: outcome.operationKind,
    status,
    durationMs: performance.now() - request.startedAt,
    errorCount: Math.max(outcome.errorCodes.length, status < 400 ? 0 : 1),
    code: codeIn(outcome.errorCodes),
    calls,
  });
}

function codeIn([code]: readonly unknown[]): string | null {
  return typeof code === 'string' ? code.slice(0, NAME_LENGTH_MAX) : null;
}

function limitOf({ extensions: { limit, max } }: GraphQLError): Record<string, unknown> {
  return { limit, max };
}

function notReady(): HeadgateError {
  return new HeadgateError('GATEWAY_NOT_READY', 'no supergraph is loaded yet; try again shortly');
}

function notAcceptable(): HeadgateError {
  const wanted = 'application/graphql-response+json or application/json';
  return new HeadgateError('NOT_ACCEPTABLE', `the accept header allows neither ${wanted}`);
}
