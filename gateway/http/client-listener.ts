import { HeadgateError } from '../errors';
import { announce } from '../events';
import type { PersistedQueries } from '../persisted-queries';
import type { Pipeline } from '../pipeline';
import { type Apollo, createApollo } from './apollo';
import { loadApolloPlugins } from './apollo-plugins';
import type { Concurrency } from './concurrency';
import type { ConnectionNumbers } from './connections';
import { clientsMax } from './descriptors';
import { DirectWay } from './direct';
import type { Door } from './door';
import { createGraphiql } from './graphiql/routes';
import type { Health } from './health';
import type { Listener } from './listener';
import type { ServerOptions } from './options';
import { requestIds } from './request-id';
import type { Route } from './route';
import { graphqlRoutes } from './routes/graphql';
import { healthRoutes } from './routes/health';
import { HttpServer } from './server';

export const SERVER_PORT_REMEDY = 'choose another with --port or server.listen';

export interface ServerListenerOptions {
  readonly options: ServerOptions;
  readonly pipeline: Pipeline;
  readonly health: Health;
  readonly concurrency: Concurrency;
  readonly persistedQueries: PersistedQueries;
  /** Apollo Server plugins beside those that `options.apolloPlugins` names. */
  readonly plugins?: readonly object[];
  /** Brings the connections; without it, the listener listens itself. */
  readonly door?: Door | undefined;
}

/** The listener for clients: GraphQL through Apollo Server, GraphiQL, health. */
class ServerListener implements Listener {
  readonly #options: ServerListenerOptions;
  #apollo: Apollo | undefined;
  #server: HttpServer | undefined;

  constructor(options: ServerListenerOptions) {
    this.#options = options;
  }

  /** @throws {HeadgateError} PORT_IN_USE, CONFIG_INVALID: a plugin cannot be loaded or does not start */
  async listen(): Promise<{ readonly url: string; readonly port: number }> {
    const { options, pipeline, persistedQueries, plugins = [] } = this.#options;
    const modules = await loadApolloPlugins(options.apolloPlugins);
    const gateway = pipeline.apolloGateway;
    const apollo = createApollo({ gateway, options, plugins: [...modules, ...plugins], persistedQueries });
    if (pipeline.ready) await startNow(apollo);
    this.#apollo = apollo;
    const observed =
      modules.length + plugins.length > 0 || options.exposeQueryPlan === true || options.exposeErrorDetails;
    const direct = observed ? null : new DirectWay(pipeline, options.timeoutMs, options.deduplicate);
    this.#server = this.#createServer(apollo, direct);
    return this.#server.listen();
  }

  get connections(): ConnectionNumbers {
    return this.#server?.connections ?? { open: 0, max: 0, refused: 0 };
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

  #createServer(apollo: Apollo, direct: DirectWay | null): HttpServer {
    const { options, pipeline, health, concurrency, door } = this.#options;
    const graphiql: readonly Route[] = options.graphiql
      ? createGraphiql({ path: options.path, defaultQuery: options.graphiqlQuery ?? '' }).routes
      : [];
    return new HttpServer({
      name: 'server',
      listen: options.listen,
      portRemedy: SERVER_PORT_REMEDY,
      ...(door !== undefined && { door }),
      routes: [
        ...graphiql,
        ...graphqlRoutes({ options, pipeline, apollo, direct, concurrency }),
        ...healthRoutes(health),
      ],
      requestIds: requestIds(options.trustedProxies),
      requestBytesMax: options.requestBytesMax,
      connections: { max: connectionsMax(options.connectionsMax) },
      requestTimeoutMs: options.timeoutMs,
    });
  }
}

async function startNow(apollo: Apollo): Promise<void> {
  try {
    await apollo.start();
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

export function createServerListener(options: ServerListenerOptions): Listener {
  return new ServerListener(options);
}
