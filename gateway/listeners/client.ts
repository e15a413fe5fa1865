import type { Authentication } from '../authentication/authentication';
import { HeadgateError } from '../errors';
import { announce } from '../events';
import type { Acceptor } from '../http/acceptor';
import type { Apollo, ApolloOptions } from '../http/apollo';
import { Browsers } from '../http/browsers/browsers';
import type { BrowserOptions } from '../http/browsers/options';
import { isPossible } from '../http/compression/codings';
import { compression } from '../http/compression/compress';
import type { ContentCoding } from '../http/compression/options';
import type { Concurrency } from '../http/concurrency';
import type { ConnectionNumbers } from '../http/connections';
import { clientsMax } from '../http/descriptors';
import { clientFailure } from '../http/failures';
import { createGraphiql } from '../http/graphiql/routes';
import { asking } from '../http/graphql/asking';
import { DOCUMENT_PARAM } from '../http/graphql/document-id';
import type { Health } from '../http/health';
import type { HttpLayer, HttpStep } from '../http/http-step';
import { http2Flaw } from '../http/http2/soundness';
import type { Listener } from '../http/listener';
import type { ServerOptions } from '../http/options';
import type { Route } from '../http/route';
import { upgradesOf } from '../http/router';
import { healthRoutes } from '../http/routes/health';
import { HttpServer } from '../http/server';
import type { ServerTlsOptions } from '../http/tls/options';
import type { AskedStep } from '../operations/asked';
import type { OperationsInService } from '../operations/operations';
import { askedStack, type Counting, graphqlStack, httpStack, type Persisted } from '../pipeline';
import { loadApolloPlugins } from '../plugins/apollo-plugins';
import type { PluginLayers } from '../plugins/plugin-layers';

export const SERVER_PORT_REMEDY = 'choose another with --port or server.listen';

export interface ClientListenerOptions {
  readonly options: ServerOptions;
  readonly operations: OperationsInService;
  readonly persisted: Persisted;
  readonly health: Health;
  readonly concurrency: Concurrency;
  /** Null or absent: clients connect without TLS. */
  readonly tls?: ServerTlsOptions | null;
  /** What pages in browsers may do. */
  readonly browsers: BrowserOptions;
  /** Null or absent: nobody asks who asks. */
  readonly authentication?: Authentication | null;
  /** What counts operations. */
  readonly counting?: Counting;
  readonly plugins?: PluginLayers;
  /** Apollo Server plugins beside those that `options.apolloPlugins` names. */
  readonly apolloPlugins?: readonly object[];
  /** Whether the audit log wants to know of refused access. */
  readonly tellsDenied?: boolean;
  /** Brings the connections; without it, the listener listens itself. */
  readonly acceptor?: Acceptor | undefined;
}

/** Options that a running listener takes over. */
type Updates = BrowserOptions & { readonly tls?: ServerTlsOptions | null };

export interface ClientListener extends Listener {
  /** Takes over another configuration for the requests from now on. */
  update(options: Updates): void;
}

/** The listener for clients: GraphQL, GraphiQL, health. */
class HttpClientListener implements ClientListener {
  readonly #options: ClientListenerOptions;
  readonly #browsers: Browsers;
  #tls: ServerTlsOptions | null;
  readonly #compression: HttpLayer | null;
  #routes: readonly Route[] = [];
  #apollo: Apollo | null = null;
  #server: HttpServer | undefined;

  constructor(options: ClientListenerOptions) {
    this.#options = options;
    this.#browsers = new Browsers(options.browsers);
    this.#tls = options.tls ?? null;
    const { compression: codings } = options.options;
    this.#compression = codings === null ? null : compression(codings);
  }

  /** @throws {HeadgateError} PORT_IN_USE, CONFIG_INVALID: a plugin cannot be loaded or does not start */
  async listen(): Promise<{ readonly url: string; readonly port: number }> {
    const { options, operations, persisted, plugins, apolloPlugins = [], counting } = this.#options;
    const all = [...(await loadApolloPlugins(options.apolloPlugins)), ...apolloPlugins];
    this.#apollo =
      all.length === 0
        ? null
        : loadApollo({
            operations,
            options,
            plugins: all,
            persisted: persisted.options.automatic ? persisted.queries : null,
          });
    announceLeftOut(options.compression?.codings ?? []);
    if (operations.ready) await startNow(this.#apollo);
    const ask = askedStack(operations, this.#apollo?.layer ?? null, persisted, options, plugins, counting);
    this.#server = this.#createServer(ask);
    return this.#server.listen();
  }

  get connections(): ConnectionNumbers {
    return this.#server?.connections ?? { open: 0, max: 0, refused: 0 };
  }

  update(options: Updates): void {
    this.#browsers.update(options);
    // Whether clients connect by TLS at all is decided when it starts.
    if (this.#tls !== null && options.tls != null) {
      this.#tls = options.tls;
      this.#server?.certify(options.tls);
    }
    this.#server?.lead(this.#way());
  }

  /** The way as the configuration has it now. */
  #way(): HttpStep {
    const { options, plugins, tellsDenied = false } = this.#options;
    const denied = tellsDenied ? 'server' : null;
    const certificates = this.#tls !== null && this.#tls.clientAuth !== 'none';
    const policies = this.#browsers.cors;
    return httpStack(this.#routes, null, options.trustedProxies, plugins, {
      policies,
      denied,
      certificates,
      compression: this.#compression,
    });
  }

  async drain(drainMs: number): Promise<void> {
    this.#options.health.startDraining();
    await this.#server?.drain(drainMs);
    await this.#apollo?.stop();
  }

  async close(): Promise<void> {
    this.#options.health.startDraining();
    await this.#server?.close();
    await this.#apollo?.stop();
  }

  #createServer(ask: AskedStep): HttpServer {
    const { options, health, acceptor } = this.#options;
    const graphiql: readonly Route[] = options.graphiql
      ? createGraphiql({ path: options.path, defaultQuery: options.graphiqlQuery ?? '' }).routes
      : [];
    this.#routes = [...graphiql, ...this.#graphqlRoutes(ask), ...healthRoutes(health)];
    return new HttpServer({
      name: 'server',
      failed: clientFailure,
      way: this.#way(),
      upgrades: upgradesOf(this.#routes),
      listen: options.listen,
      tls: this.#tls,
      http2: speaksHttp2(options.http2),
      ...(options.proxyProtocol && { proxyProtocol: options.trustedProxies }),
      portRemedy: SERVER_PORT_REMEDY,
      ...(acceptor !== undefined && { acceptor }),
      requestBytesMax: options.requestBytesMax,
      connections: { max: connectionsMax(options.connectionsMax) },
      requestTimeoutMs: options.timeoutMs,
    });
  }

  /** GraphQL over HTTP: https://graphql.github.io/graphql-over-http/draft/ */
  #graphqlRoutes(ask: AskedStep): readonly Route[] {
    const { options, operations, concurrency, authentication = null, counting = {}, persisted } = this.#options;
    const tellsMore = counting.rates != null || counting.demand != null;
    const { sources } = persisted.options;
    const edge = { authentication, browsers: this.#browsers, tellsMore, sources };
    const handle = asking(graphqlStack(ask, options, operations, concurrency, edge));
    const { path } = options;
    const paths = persisted.options.sources?.includes('path') === true ? [path, `${path}/:${DOCUMENT_PARAM}`] : [path];
    return paths.flatMap((each) => [
      { method: 'POST', path: each, handle },
      { method: 'GET', path: each, handle },
    ]);
  }
}

/** What this Node cannot do is not offered. */
function announceLeftOut(codings: readonly ContentCoding[]): void {
  const leftOut = codings.filter((coding) => !isPossible(coding));
  if (leftOut.length > 0)
    announce('config.notice', {
      message: `server.compression.encodings: ${leftOut.join(', ')} needs Node 22.15 or newer and is left out; this is ${process.version}`,
    });
}

/** By the configuration, and by what is known of this Node. */
function speaksHttp2(wanted: ServerOptions['http2']): boolean {
  const flaw = wanted === false ? null : http2Flaw();
  if (flaw !== null) {
    const effect = wanted === 'sound' ? 'HTTP/2 is not offered' : 'HTTP/2 is spoken, as configured';
    announce('config.notice', { message: `${effect}: ${flaw}` });
  }
  return wanted === 'sound' ? flaw === null : wanted;
}

/** Loaded for its plugins only: it takes 60 ms of a start, and memory. */
function loadApollo(options: ApolloOptions): Apollo {
  const { createApollo }: typeof import('../http/apollo') = require('../http/apollo');
  return createApollo(options);
}

async function startNow(apollo: Apollo | null): Promise<void> {
  try {
    await apollo?.start();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HeadgateError('CONFIG_INVALID', `Apollo Server does not start: ${reason}`, { cause });
  }
}

/** As configured, unless that would leave no descriptors for anything else. */
function connectionsMax(wanted: number): number {
  const possible = clientsMax();
  if (possible >= wanted) return wanted;
  const remedy = 'raise the limit on open files (ulimit -n)';
  announce('config.notice', {
    message: `server.max_connections is ${wanted}; this process may have so few files open that ${possible} are accepted: ${remedy}`,
  });
  return possible;
}

export function createClientListener(options: ClientListenerOptions): ClientListener {
  return new HttpClientListener(options);
}
