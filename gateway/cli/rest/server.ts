import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { CancellationSource } from '../../cancellation';
import type { Config } from '../../config/config';
import { HeadgateError } from '../../errors';
import { parseJson } from '../../json/parse';
import { stringifyJson } from '../../json/stringify';
import { createPool } from '../../pool/instance-pool';
import type { Pool } from '../../pool/pool';
import { type Connectors, readConnectorsFromSdl, sourcesOf } from '../../transport/rest/connectors';
import { plainSdl } from '../../transport/rest/model/plain-sdl';
import { createRestSend } from '../../transport/rest/send';
import type { AdapterFile } from './adapter-file';
import { answerGraphql, type GraphqlAnswer } from './answer-graphql';

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

const CLOSE_MS = 5_000;

/**
 * Serves an adapter over HTTP with the same executor that the gateway uses. Instances, timeouts and headers come from the
 * configuration where it names the subgraph; otherwise requests go to the base URLs of the SDL.
 * @throws {HeadgateError} CONNECT_INVALID, PORT_IN_USE
 */
export async function startRestServer(file: AdapterFile, config: Config, listen: ListenOptions): Promise<RestServer> {
  const connectors = readConnectorsFromSdl(file.sdl, file.name);
  const instances = Object.entries(sourcesOf(connectors)).map(([name, { origin }]) => [
    name,
    [{ url: origin, weight: 1 }],
  ]);
  const options = config.optionsFor(file.name, 'rest', Object.fromEntries(instances));
  const pools = new Map<string, Pool>();
  const poolOf = (source: string): Pool => {
    const pool = pools.get(source);
    if (pool === undefined) throw new HeadgateError('INTERNAL', `there is no pool for the source ${source}`);
    return pool;
  };
  for (const [source, pool] of Object.entries(options.pools)) pools.set(source, createPool(pool));
  // Whoever runs a file of their own gives it what it asks for.
  const env = Object.fromEntries(
    [...connectors.sources.keys()].map((source) => [source, namesFor(connectors, source)]),
  );
  const send = createRestSend({ ...options, env }, poolOf, connectors, { sdl: plainSdl(file.sdl) });
  const { requestBytesMax, timeoutMs } = config.server;
  const server = createServer((request, response) => {
    const cancellation = new CancellationSource();
    response.on('close', () =>
      cancellation.cancel(new HeadgateError('REQUEST_CANCELLED', 'the client closed the connection')),
    );
    answer(request, requestBytesMax, (body) =>
      answerGraphql({ body, headers: request.headers, cancellation, timeoutMs }, connectors.schema, send),
    ).then(
      (found) => write(response, found),
      () => write(response, { status: 500, body: { errors: [{ message: 'an internal error occurred' }] } }),
    );
  });
  const close = async () => {
    await closeServer(server);
    await Promise.all([...pools.values()].map((pool) => pool.close(CLOSE_MS)));
  };
  try {
    return { url: await start(server, listen), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function answer(
  request: IncomingMessage,
  bytesMax: number,
  execute: (body: unknown) => Promise<GraphqlAnswer>,
): Promise<GraphqlAnswer> {
  if (request.method === 'GET' && request.url === '/health') return { status: 200, body: { data: 'ok' } };
  if (request.method !== 'POST') return problem(405, 'send GraphQL operations as POST requests with a JSON body');
  if (!/^application\/([\w.-]+\+)?json\b/i.test(request.headers['content-type'] ?? '')) {
    return problem(415, 'the content type must be application/json');
  }
  const text = await readBody(request, bytesMax);
  if (text === null) return problem(413, `a body has at most ${bytesMax} bytes`);
  try {
    return await execute(parseJson(text));
  } catch (error) {
    if (error instanceof SyntaxError) return problem(400, 'the body is not JSON');
    throw error;
  }
}

function problem(status: number, message: string): GraphqlAnswer {
  return { status, body: { errors: [{ message }] } };
}

/** Null when it is too large. */
async function readBody(request: IncomingMessage, bytesMax: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > bytesMax) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function write(response: ServerResponse, { status, body }: GraphqlAnswer): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(stringifyJson(body));
}

async function start(server: Server, { host, port }: ListenOptions): Promise<string> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new HeadgateError('PORT_IN_USE', `cannot listen on ${host}:${port}; choose another with --port`, { cause });
  }
  const address = server.address();
  const taken = typeof address === 'object' && address !== null ? address.port : port;
  return `http://${host.includes(':') ? `[${host}]` : host}:${taken}/graphql`;
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), CLOSE_MS).unref();
  await closed;
}

function namesFor({ env }: Connectors, wanted: string): readonly string[] {
  return env.flatMap(({ source, name }) => (source === wanted ? [name] : []));
}
