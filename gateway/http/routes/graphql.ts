import { HeadgateError } from '../../errors';
import { announce } from '../../events';
import type { Pipeline } from '../../pipeline';
import { type AnswerType, chooseAnswerType } from '../accept';
import { type Apollo, newOutcome, type Outcome } from '../apollo';
import { type OpenCall, openCall } from '../client-call';
import { publicError } from '../error-answer';
import { apolloAnswer, failureAnswer, refusalAnswer } from '../graphql-answer';
import { type GraphqlRequest, readGraphqlRequest } from '../graphql-request';
import type { ServerOptions } from '../options';
import type { Answer, Route, RouteRequest } from '../route';

export interface GraphqlRouteOptions {
  readonly options: Pick<ServerOptions, 'path' | 'timeoutMs'>;
  readonly pipeline: Pipeline;
  readonly apollo: Apollo;
}

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
  const type = chooseAnswerType(request.headers.accept);
  const outcome = newOutcome();
  let open: OpenCall | undefined;
  let result: Answer;
  try {
    if (type === null) throw notAcceptable();
    if (!route.pipeline.ready) throw notReady();
    const asked = await readGraphqlRequest(request);
    open = openCall(request, route.options.timeoutMs);
    result = await open.finish(run(route, request, asked, open, outcome, type));
  } catch (error) {
    result = failureAnswer(publicError(error, 'graphql'), type ?? DEFAULT_TYPE);
  }
  open?.close();
  announceFinished(request, result.status, outcome, open);
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
  const { search } = request;
  const answered = await apollo.execute({ method, headers, search, body: asked.body }, { call, outcome });
  return apolloAnswer(answered, outcome, type, call.responseHeaders);
}

async function startApollo(apollo: Apollo): Promise<void> {
  try {
    await apollo.start();
  } catch (error) {
    announce('internal.error', { where: 'start of Apollo Server', error });
    throw notReady();
  }
}

function announceFinished(request: RouteRequest, status: number, outcome: Outcome, open: OpenCall | undefined): void {
  announce('request.finished', {
    operationName: outcome.operationName,
    operationKind: outcome.operationKind,
    status,
    durationMs: performance.now() - request.startedAt,
    errorCount: Math.max(outcome.errorCodes.length, status < 400 ? 0 : 1),
    calls: open?.call.calls ?? [],
  });
}

function notReady(): HeadgateError {
  return new HeadgateError('GATEWAY_NOT_READY', 'no supergraph is loaded yet; try again shortly');
}

function notAcceptable(): HeadgateError {
  const wanted = 'application/graphql-response+json or application/json';
  return new HeadgateError('NOT_ACCEPTABLE', `the accept header allows neither ${wanted}`);
}
