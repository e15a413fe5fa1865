import type { Config } from '../../config/config';
import { HeadgateError } from '../../errors';
import { Concurrency } from '../../http/concurrency';
import { clientFailure } from '../../http/failures';
import { answering } from '../../http/graphql/answering';
import { asking } from '../../http/graphql/asking';
import { bodies } from '../../http/graphql/bodies';
import { conclude } from '../../http/graphql/conclude';
import { negotiate } from '../../http/graphql/negotiate';
import { STATUS_RULES } from '../../http/graphql/status-rules';
import { timeLimit } from '../../http/graphql/time-limit';
import { jsonAnswer, type Route } from '../../http/route';
import { HttpServer } from '../../http/server';
import { stack } from '../../layers';
import { fetchStack, httpStack } from '../../pipeline';
import { createPool } from '../../pool/instance-pool';
import type { Pool } from '../../pool/pool';
import { restAdapter } from '../../transport/rest/adapter';
import { type Connectors, readConnectorsFromSdl, sourcesOf } from '../../transport/rest/connectors';
import { plainSdl } from '../../transport/rest/model/plain-sdl';
import { checkSources } from '../../transport/rest/validate/check-sources';
import type { AdapterFile } from './adapter-file';
import { answerOperations } from './answer-graphql';

/** A REST adapter as a GraphQL subgraph of its own. */
export interface RestServer {
  readonly url: string;
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
}

/** What requests in flight get when it closes. */
const CLOSE_MS = 5_000;

/**
 * Serves an adapter over HTTP with the same executor that the gateway uses. Instances, timeouts and headers come from the
 * configuration where it names the subgraph; otherwise requests go to the base URLs of the SDL.
 * @throws {HeadgateError} CONNECT_INVALID, PORT_IN_USE, CONFIG_INVALID
 */
export async function startRestServer(file: AdapterFile, config: Config, listen: ListenOptions): Promise<RestServer> {
  const connectors = readConnectorsFromSdl(file.sdl, file.name);
  const instances = Object.entries(sourcesOf(connectors)).map(([name, { origin }]) => [
    name,
    [{ url: origin, weight: 1 }],
  ]);
  const options = config.optionsFor(file.name, 'rest', Object.fromEntries(instances));
  checkSources(connectors, Object.keys(options.sources ?? {}));
  const pools = new Map<string, Pool>();
  const poolOf = (source: string): Pool => {
    const pool = pools.get(source);
    if (pool === undefined) throw new HeadgateError('INTERNAL', `there is no pool for the source ${source}`);
    return pool;
  };
  for (const [source, pool] of Object.entries(options.pools)) pools.set(source, createPool(pool));
  // Whoever runs a file of their own gives it what it asks for, of its own surroundings and of those who ask it.
  const env = Object.fromEntries(
    [...connectors.sources.keys()].map((source) => [source, namesFor(connectors, source)]),
  );
  const fetch = fetchStack(
    options,
    restAdapter({ ...options, env }, poolOf, connectors, { sdl: plainSdl(file.sdl), seesAllHeaders: true }),
  );
  const { requestBytesMax, timeoutMs } = config.server;
  const concurrency = new Concurrency(config.clients);
  const handle = asking(
    stack(answering(answerOperations(connectors.schema, fetch, timeoutMs), false, STATUS_RULES.audit), [
      conclude(STATUS_RULES.audit),
      negotiate,
      bodies(() => null),
      concurrency.place,
      timeLimit(timeoutMs),
    ]),
  );
  const routes: readonly Route[] = [
    { method: 'GET', path: '/health', handle: () => jsonAnswer(200, { data: 'ok' }) },
    { method: 'POST', path: '/*', handle },
  ];
  const server = new HttpServer({
    name: 'server',
    listen,
    portRemedy: 'choose another with --port',
    way: httpStack(routes, null, null),
    failed: clientFailure,
    requestBytesMax,
    requestTimeoutMs: timeoutMs,
  });
  const closePools = async () => {
    await Promise.all([...pools.values()].map((pool) => pool.close(CLOSE_MS)));
  };
  try {
    const { url } = await server.listen();
    const close = async () => {
      await server.drain(CLOSE_MS);
      await closePools();
    };
    return { url: `${url}/graphql`, close };
  } catch (error) {
    await closePools();
    throw error;
  }
}

function namesFor({ env }: Connectors, wanted: string): readonly string[] {
  return env.flatMap(({ source, name }) => (source === wanted ? [name] : []));
}
