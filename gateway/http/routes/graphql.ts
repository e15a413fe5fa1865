import type { GraphQLError } from 'graphql';
import { HeadgateError } from '../../errors';
import { announce, listened, type SubgraphCall } from '../../events';
import { type Soon, settle, then } from '../../layers';
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

/** One request while it is answered. */
interface Asking {
  readonly request: RouteRequest;
  /** Null: none that the client accepts. */
  readonly type: AnswerType | null;
  readonly outcome: Outcome;
  calls: readonly SubgraphCall[];
  asked: GraphqlRequest | null;
  /** Whether it has its place among those that are answered at once. */
  entered: boolean;
}

function answer(route: GraphqlRouteOptions, request: RouteRequest): Soon<Answer> {
  const type = chooseAnswerType(request.headers.accept);
  const asking: Asking = { request, type, outcome: newOutcome(), calls: [], asked: null, entered: false };
  const end = (result: Answer): Answer => {
    if (asking.entered) route.concurrency.leave();
    announceFinished(asking, result.status);
    return result;
  };
  return settle(
    () => admitted(route, asking),
    end,
    (error) => {
      const failure = publicError(error, 'graphql');
      asking.outcome.errorCodes = [failure.code];
      return end(failureAnswer(failure, type ?? DEFAULT_TYPE));
    },
  );
}

function admitted(route: GraphqlRouteOptions, asking: Asking): Soon<Answer> {
  const { request, type } = asking;
  if (request.headers.upgrade !== undefined) refuseWebSocket(request.headers.upgrade);
  if (type === null) throw notAcceptable();
  if (!route.pipeline.ready) throw notReady();
  // Before its body is read, and once it is there: clients that send slowly take nobody's place.
  route.concurrency.check();
  return then(readGraphqlText(request), (text) => {
    route.concurrency.enter();
    asking.entered = true;
    return chosen(route, asking, type, text);
  });
}

/** Takes the short way where it may. @param text of the body; null when there is none */
function chosen(route: GraphqlRouteOptions, asking: Asking, type: AnswerType, text: string | null): Soon<Answer> {
  const { request, outcome } = asking;
  const { pipeline, options } = route;
  const refused = text === null ? null : pipeline.admitBody(text);
  if (refused !== null)
    throw new HeadgateError('OPERATION_LIMIT_EXCEEDED', refused.message, { details: limitOf(refused) });
  const way = exposesPlan(options.exposeQueryPlan ?? false, request.headers) ? null : route.direct;
  const asked = text === null ? readGraphqlQuery(request) : (way?.read(text) ?? readGraphqlBody(text));
  asking.asked = asked;
  const direct = text === null ? null : (way?.answer(request, text, asked) ?? null);
  if (direct === null) {
    const open = openClientCall(request, options.timeoutMs);
    asking.calls = open.call.calls;
    return open.finish(run(route, request, asked, open, outcome, type)).finally(open.close);
  }
  return then(direct, (done) => {
    outcome.operationName = done.operation.name;
    outcome.operationKind = done.operation.kind;
    outcome.errorCodes = done.errorCodes;
    asking.calls = done.calls;
    return directAnswer(done, type);
  });
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

function announceFinished({ request, asked, outcome, calls }: Asking, status: number): void {
  if (!listened('request.finished')) return;
  announce('request.finished', {
    id: request.id,
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
