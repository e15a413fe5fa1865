import { Facts } from '../facts';
import { Flight } from '../flight';
import type { Pool, PoolAnswer, PoolRequest } from '../pool/pool';
import type { SubgraphOptions } from '../transport/options';
import type { Connector, Connectors } from '../transport/rest/connector';
import { createEngine } from '../transport/rest/execute/engine';
import { sendHttp } from '../transport/rest/execute/send-http';
import { Session } from '../transport/rest/execute/session';
import type { Json, JsonObject } from '../transport/rest/json';
import type { Variables } from '../transport/rest/mapping/scope';
import { headerLists } from '../transport/rest/response/judge';
import { RestError } from '../transport/rest/response/rest-error';

/** What a connector reads besides the answer. */
export interface Given {
  /** `$args`, `$this`, `$batch`, and `$context`. */
  readonly variables: Variables;
  /** What `$config` reads. */
  readonly config: JsonObject;
  /** Of the client's request, lower-case names: what `from` and `$request.headers` read. */
  readonly headers: Readonly<Record<string, string>>;
  /** What `$env` reads, whatever an operator would give. */
  readonly env: Readonly<Record<string, string>>;
}

/** A request as it leaves, with the whole URL. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** What came of a connector. */
export interface Outcome {
  /** Null when nothing was sent. */
  readonly request: SentRequest | null;
  readonly answer: PoolAnswer | null;
  /** What mappings of the answer read; null when there is none. */
  readonly read: { readonly data: Json; readonly variables: Variables } | null;
  /** What the mapping made of the answer; null beside an error. */
  readonly value: Json;
  /** What a client would see. */
  readonly error: RestError | null;
}

export interface RehearsalOptions
  extends Pick<SubgraphOptions, 'timeoutMs' | 'responseBytesMax' | 'responseDepthMax' | 'sources'> {}

const REHEARSAL_LIMITS: RehearsalOptions = {
  timeoutMs: 30_000,
  responseBytesMax: 50_000_000,
  responseDepthMax: 100,
};

/**
 * Runs one connector by itself, with the request builder, the judge of answers and the mapping that a gateway uses.
 * @param send answers the request; opens a socket only if it wants to
 */
export async function rehearse(
  connectors: Connectors,
  connector: Connector,
  { variables, config, headers, env }: Given,
  send: (request: PoolRequest) => Promise<PoolAnswer>,
  limits: RehearsalOptions = REHEARSAL_LIMITS,
): Promise<Outcome> {
  let request: SentRequest | null = null;
  let answer: PoolAnswer | null = null;
  let read: Outcome['read'] = null;
  const recorded = async (wire: PoolRequest): Promise<PoolAnswer> => {
    request = asSent(wire, connectors.sources.get(connector.source)?.origin ?? '');
    answer = await send(wire);
    return answer;
  };
  const options: SubgraphOptions = {
    name: connectors.subgraph,
    kind: 'rest',
    deduplicate: false,
    requestHeaders: [],
    responseHeaders: [],
    pools: {},
    ...limits,
    env: { [connector.source]: Object.keys(env) },
  };
  // as: nothing else of a pool is asked for
  const pool = { name: connector.source, request: recorded } as unknown as Pool;
  const sent = sendHttp(options, () => pool, null);
  const call: typeof sent = async (asked, flight) => {
    const got = await sent(asked, flight);
    const { shown } = engine.givenTo(connector.source);
    const standing = { $context: {}, $request: { headers: headerLists(headers) }, ...variables, ...shown };
    read = {
      data: got.data,
      variables: { ...standing, $status: got.status, $response: { headers: headerLists(got.headers) } },
    };
    return got;
  };
  const engine = createEngine(options, connectors, call, {
    config,
    env,
    sdl: '',
    headersOf: () => headers,
    contextOf: () => ({}),
  });
  const now = performance.now();
  const sight = { headers, facts: new Facts() };
  const session = new Session(
    engine,
    { headers: {}, operation: { kind: 'query' } },
    new Flight(sight, { id: '', startedAt: now }, now + limits.timeoutMs),
  );
  try {
    const value = await session.run(connector, variables);
    return { request, answer, read, value, error: null };
  } catch (error) {
    if (!(error instanceof RestError)) throw error;
    return { request, answer, read, value: null, error };
  } finally {
    session.close();
  }
}

function asSent({ method, path, headers, body }: PoolRequest, origin: string): SentRequest {
  return { method, url: `${origin}${path}`, headers, body: body === null ? null : String(body) };
}

/** An answer that nobody had to be asked for. */
export function cannedAnswer(status: number, headers: PoolAnswer['headers'], body: string): PoolAnswer {
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { instance: null, attempts: 1, status, headers: lower, body: Buffer.from(body), held: null };
}
