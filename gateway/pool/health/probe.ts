import type { Dispatcher } from 'undici';
import { Attempt, type AttemptResult } from '../attempt';
import { messageOf } from '../error-code';
import { type FailureReason, failureOf } from '../failure';
import type { HealthCheckOptions } from '../options';
import { sdlHash } from './sdl-hash';
import type { CheckResult } from './verdict';

const PROBE_BYTES_MAX = 8_000_000;
const TYPENAME_BODY = '{"query":"{__typename}"}';
const SDL_BODY = '{"query":"{_service{sdl}}"}';
const PATH_HEADERS = { 'user-agent': 'headgate-health' };
const GRAPHQL_HEADERS = {
  ...PATH_HEADERS,
  'content-type': 'application/json',
  accept: 'application/graphql-response+json, application/json;q=0.9',
};

export interface ProbeResult extends CheckResult {
  readonly detail: string;
  /** Null when it passed. */
  readonly reason: FailureReason | null;
}

/** A check, and what of its end may not be the instance's doing. */
export interface Probed extends ProbeResult {
  /** Nothing came in time: it says nothing when this process stood still. */
  readonly timedOut: boolean;
  /** A failure of this process; null when it was none. */
  readonly ownFault: Error | null;
}

/** Asks an instance whether it is well. The promise never rejects. */
export interface Probe {
  readonly result: Promise<Probed>;
  readonly cancel: () => void;
}

/** Where to ask. */
export interface ProbeTarget {
  readonly dispatcher: Dispatcher;
  readonly headers: Readonly<Record<string, string>>;
  /** Turns a path into the instance's own; empty is where GraphQL is served. */
  readonly pathFor: (path: string) => string;
}

/** @param expectedSdl hash to compare the instance's schema with; null does not ask for it. GraphQL only */
export function probe(target: ProbeTarget, options: HealthCheckOptions, expectedSdl: string | null): Probe {
  const graphql = options.probe === 'graphql';
  let settle: (result: Probed) => void = () => undefined;
  const result = new Promise<Probed>((resolve) => {
    settle = resolve;
  });
  const attempt = new Attempt(
    {
      method: graphql ? 'POST' : 'GET',
      path: options.probe === 'graphql' ? target.pathFor('') : options.probe.path,
      headers: { ...(graphql ? GRAPHQL_HEADERS : PATH_HEADERS), ...target.headers },
      body: !graphql ? null : expectedSdl === null ? TYPENAME_BODY : SDL_BODY,
      repeatable: true,
      timeoutMs: options.timeoutMs,
      responseBytesMax: PROBE_BYTES_MAX,
    },
    (ended) => settle({ ...judge(ended, graphql, expectedSdl), ...circumstancesOf(ended) }),
  );
  attempt.start(target.dispatcher);
  return { result, cancel: () => attempt.stop('cancelled') };
}

function judge(ended: AttemptResult, graphql: boolean, expectedSdl: string | null): ProbeResult {
  if (ended.kind !== 'answer') {
    const detail = 'error' in ended ? `${ended.kind}: ${messageOf(ended.error)}` : ended.kind;
    const reason = failureOf(ended)?.reason ?? null;
    return { verdict: 'fail', reachable: ended.kind !== 'connect', detail, reason };
  }
  const { status } = ended;
  const passed = { verdict: 'pass', reachable: true, reason: null } as const;
  const reason = failureOf(ended)?.reason ?? 'not-graphql';
  const detail = `status ${status}`;
  if (status === 503) return { verdict: 'drain', reachable: true, detail, reason };
  if (!graphql) {
    if (status >= 200 && status < 300) return { ...passed, detail };
    return { verdict: 'fail', reachable: true, detail, reason: status < 400 ? 'status-other' : reason };
  }
  // A GraphQL error is an answer too, and so is the demand for credentials that a health check does not have.
  if (status === 401 || status === 403) return { ...passed, detail };
  const answer = status >= 500 ? null : graphqlAnswer(ended.body);
  if (answer === null) return { verdict: 'fail', reachable: true, detail: `${detail}, no GraphQL answer`, reason };
  const sdl = expectedSdl === null ? null : sdlIn(answer);
  if (sdl === null) return { ...passed, detail };
  const drift = sdlHash(sdl) === expectedSdl ? null : 'its schema is not the one that the supergraph was composed from';
  return { ...passed, detail: drift ?? detail, drift };
}

function circumstancesOf(ended: AttemptResult): Pick<Probed, 'timedOut' | 'ownFault'> {
  const connectTimedOut = ended.kind === 'connect' && failureOf(ended)?.reason === 'connect-timeout';
  return {
    timedOut: ended.kind === 'timeout' || connectTimedOut,
    ownFault: ended.kind === 'local' ? ended.error : null,
  };
}

function graphqlAnswer(body: Buffer): object | null {
  try {
    const answer: unknown = JSON.parse(body.toString('utf8'));
    return typeof answer === 'object' && answer !== null && ('data' in answer || 'errors' in answer) ? answer : null;
  } catch {
    return null;
  }
}

function sdlIn(answer: object): string | null {
  const data = 'data' in answer ? answer.data : null;
  const service = typeof data === 'object' && data !== null && '_service' in data ? data._service : null;
  const sdl = typeof service === 'object' && service !== null && 'sdl' in service ? service.sdl : null;
  return typeof sdl === 'string' ? sdl : null;
}
