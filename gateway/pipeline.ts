import type { Authentication } from './authentication/authentication';
import type { DemandControl } from './demand-control/demand-control';
import type { Flight } from './flight';
import type { Guard } from './http/admin-guard';
import type { Browsers } from './http/browsers/browsers';
import { cors } from './http/browsers/cors';
import type { CorsPolicies } from './http/browsers/cors-policies';
import { handshakeOrigin } from './http/browsers/handshake-origin';
import type { Concurrency } from './http/concurrency';
import { tellDenied } from './http/denied';
import { failures } from './http/failures';
import { answering } from './http/graphql/answering';
import type { AskingStep } from './http/graphql/asking';
import { authenticate } from './http/graphql/authenticate';
import { bodies } from './http/graphql/bodies';
import { callHeaders } from './http/graphql/call-headers';
import { conclude } from './http/graphql/conclude';
import { negotiate } from './http/graphql/negotiate';
import { noWebSocket } from './http/graphql/no-web-socket';
import { preventCsrf } from './http/graphql/prevent-csrf';
import { report } from './http/graphql/report';
import { STATUS_RULES } from './http/graphql/status-rules';
import { timeLimit } from './http/graphql/time-limit';
import { whenReady } from './http/graphql/when-ready';
import type { HttpLayer, HttpStep } from './http/http-step';
import type { ServerOptions } from './http/options';
import { forwarded } from './http/proxies/forwarded';
import { TrustedProxies } from './http/proxies/trusted-proxies';
import { requestIds } from './http/request-id';
import type { Route } from './http/route';
import { createRouter } from './http/router';
import { clientCertificates } from './http/tls/client-certificate';
import { dispatch, guarded, head, options } from './http/way';
import { type Step, stack } from './layers';
import type { AskedLayer, AskedStep } from './operations/asked';
import { explainPlans } from './operations/explain';
import { flights, type ReadyStep } from './operations/flights';
import type { OperationsInService } from './operations/operations';
import type { UsageRecorder } from './operations/usage-recorder';
import type { PersistedQueries } from './persisted-documents/automatic';
import { noPersistedQueries, persistedQueries } from './persisted-documents/automatic-layer';
import { type DocumentsInService, persistedDocuments } from './persisted-documents/layer';
import type { PersistedOptions } from './persisted-documents/options';
import { NO_PLUGINS, type PluginLayers } from './plugins/plugin-layers';
import type { RateLimits } from './rate-limits/rate-limits';
import { answerHeaders } from './transport/answer-headers';
import { claimHeaders } from './transport/claim-headers';
import { deduplicate } from './transport/deduplicate';
import type { FetchBase, FetchLayer, FetchStep } from './transport/fetch';
import type { CallReport } from './transport/fetch-answer';
import { fetchDeadline } from './transport/fetch-deadline';
import type { SubgraphOptions } from './transport/options';
import { record } from './transport/record';
import { RequestBodies } from './transport/request-bodies';
import { requestHeaders } from './transport/request-headers';
import { shownTokens, type TokenSources, type WireInput } from './transport/shown-tokens';

/*
 * The way of a request, from the socket to the pools: each stack is a list of layers around a step, the outermost first, and
 * null for one that is not configured. What a layer may see is its context: a Call in front of the flight, a Flight behind it.
 * Behind the last one is the pool (`pool/call`): limit, choice of an instance, deadline, retries, hedging.
 */

type Limits = Pick<ServerOptions, 'timeoutMs' | 'deduplicate'>;

interface Around {
  /** Null or absent: pages of other origins may do nothing. */
  readonly policies?: CorsPolicies | null;
  /** The listener whose refusals the audit log wants; null or absent: none. */
  readonly denied?: 'server' | 'admin' | null;
  /** Clients may show certificates. */
  readonly certificates?: boolean;
  /** Null or absent: answers are sent as they are. */
  readonly compression?: HttpLayer | null;
}

/**
 * From a request to its answer.
 * @param proxies whose word about requests counts; null: requests are not named
 * @param around what else stands around the route, where it is configured
 */
export function httpStack(
  routes: readonly Route[],
  guard: Guard | null,
  proxies: readonly string[] | null,
  plugins: Pick<PluginLayers, 'http'> = NO_PLUGINS,
  { policies = null, denied = null, certificates = false, compression = null }: Around = {},
): HttpStep {
  const router = createRouter(routes);
  const trusted = proxies === null || proxies.length === 0 ? null : new TrustedProxies(proxies);
  return stack(dispatch(router), [
    compression,
    trusted === null ? null : forwarded(trusted),
    proxies === null ? null : requestIds(trusted),
    certificates ? clientCertificates : null,
    denied === null ? null : tellDenied(denied),
    policies === null ? null : cors(policies),
    // A page is told what it has failed with.
    policies === null ? null : failures,
    routes.some(({ upgrade }) => upgrade !== undefined) ? handshakeOrigin(policies) : null,
    ...plugins.http,
    // A plugin sees an answer to every request.
    plugins.http.length > 0 ? failures : null,
    guard === null ? null : guarded(guard),
    options(router),
    head,
  ]);
}

/** What looks at a GraphQL request before it is known what it asks for. */
export interface Edge {
  /** Null: nobody asks who asks. */
  readonly authentication: Authentication | null;
  readonly browsers: Browsers;
  /** Whether layers further in tell something in headers of the answer. */
  readonly tellsMore: boolean;
  /** Where ids of documents stand; null: nowhere. */
  readonly sources: PersistedOptions['sources'];
}

/** From a GraphQL request over HTTP to its answer. */
export function graphqlStack(
  ask: AskedStep,
  {
    timeoutMs,
    exposeErrorDetails,
    responseCodes,
  }: Pick<ServerOptions, 'timeoutMs' | 'exposeErrorDetails' | 'responseCodes'>,
  operations: OperationsInService,
  concurrency: Concurrency,
  { authentication, browsers, tellsMore, sources }: Edge,
): AskingStep {
  const rules = STATUS_RULES[responseCodes];
  return stack(answering(ask, exposeErrorDetails, rules, sources), [
    tellsMore ? callHeaders : null,
    conclude(rules),
    report,
    noWebSocket,
    negotiate,
    preventCsrf(browsers),
    authentication === null ? null : authenticate(authentication),
    whenReady(operations),
    concurrency.check,
    bodies((text, call) => operations.admitBody(text, call)),
    concurrency.place,
    timeLimit(timeoutMs),
  ]);
}

/** What stands for texts that clients do not send. */
export interface Persisted {
  readonly options: PersistedOptions;
  readonly documents: () => DocumentsInService;
  /** Texts that were sent once, by their hash. */
  readonly queries: PersistedQueries;
}

/** What counts operations; null or absent where nobody does. */
export interface Counting {
  readonly rates?: RateLimits | null;
  readonly demand?: DemandControl | null;
  readonly usage?: UsageRecorder | null;
}

/** From an operation that is asked for, over whatever protocol, to its outcome. @param apolloServer null without plugins of it */
export function askedStack(
  operations: OperationsInService,
  apolloServer: AskedLayer | null,
  { options: { sources, automatic }, documents, queries }: Persisted,
  limits: Limits,
  plugins: PluginLayers = NO_PLUGINS,
  counting: Counting = {},
): AskedStep {
  return stack(operations.prepareThen(readyStack(operations, limits, plugins, counting)), [
    counting.rates?.asked ?? null,
    sources === null ? null : persistedDocuments(documents, sources.includes('sha256Hash')),
    automatic ? null : noPersistedQueries(),
    apolloServer,
    automatic ? persistedQueries(queries) : null,
    ...plugins.asked,
  ]);
}

/** From an operation that is valid and planned to its outcome. What several calls share begins behind it: in their flight. */
export function readyStack(
  operations: OperationsInService,
  { timeoutMs, deduplicate: shares }: Limits,
  plugins: Pick<PluginLayers, 'ready'>,
  { rates, demand, usage }: Counting = {},
): ReadyStep {
  return stack(flights(timeoutMs, shares), [
    // What it costs is for the rate limits to know.
    demand?.layer ?? null,
    rates?.ready ?? null,
    usage?.layer ?? null,
    explainPlans(() => operations.exposeQueryPlan),
    ...plugins.ready,
  ]);
}

/**
 * From one fetch from a subgraph to what it answered, over a pool, a REST adapter or a data source of a host's.
 * @throws {HeadgateError} CONFIG_INVALID for header rules that cannot work
 */
export function fetchStack(
  subgraph: SubgraphOptions,
  base: FetchBase,
  plugins: Pick<PluginLayers, 'fetch'> = NO_PLUGINS,
  demand: readonly FetchLayer[] = [],
  tokens: TokenSources = NO_TOKENS,
): FetchStep {
  const { timeoutMs, requestHeaders: rules, claims } = subgraph;
  const { reads } = base;
  const bodies = new RequestBodies();
  return stack(base.wire({ bodies, call: (step) => callStack(subgraph, step, tokens) }), [
    ...demand,
    ...plugins.fetch(subgraph.name),
    subgraph.deduplicate && !reads.isPrivate ? deduplicate(subgraph, reads, bodies) : null,
    fetchDeadline(timeoutMs),
    rules.length > 0 ? requestHeaders(subgraph.name, rules) : null,
    claims === undefined ? null : claimHeaders(claims),
  ]);
}

/** From one call over the wire to its answer: a fetch is one, or several of them where a REST adapter answers it. */
function callStack<I extends WireInput, O extends CallReport>(
  { name, responseHeaders: rules }: SubgraphOptions,
  step: Step<I, O, Flight>,
  tokens: TokenSources,
) {
  return stack(step, [
    record<I, O>(name),
    tokens.size > 0 ? shownTokens<I, O>(name, tokens) : null,
    rules.length > 0 ? answerHeaders<I, O>(name, rules) : null,
  ]);
}

const NO_TOKENS: TokenSources = new Map<string, never>();
