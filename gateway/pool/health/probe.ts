import type { Dispatcher } from 'undici';
import { announce } from '../../events';
import { Attempt, type AttemptResult } from '../attempt';
import { messageOf } from '../error-code';
import { failureOf, failureOfAnswer } from '../failure';
import type { FailureReason } from '../failure-reason';
import type { HealthCheckOptions } from '../options';
import { graphqlAnswer, type SdlAnswer } from './sdl-answer';
import { sdlAnswerOf } from './sdl-thread';
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

const PASSED = { verdict: 'pass', reachable: true, reason: null } as const;

export interface ProbeResult extends CheckResult {
  readonly detail: string;
  /** Null when it passed. */
  readonly reason: FailureReason | null;
}

/** A check, and what of its end may not be the instance's doing. */
interface Probed extends ProbeResult {
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

/** Address and connections of the instance that is asked. */
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
    (ended) => conclude(ended, graphql, expectedSdl, settle),
  );
  attempt.start(target.dispatcher);
  return { result, cancel: () => attempt.stop('cancelled') };
}

function conclude(
  ended: AttemptResult,
  graphql: boolean,
  expectedSdl: string | null,
  settle: (result: Probed) => void,
): void {
  const circumstances = circumstancesOf(ended);
  const verdict = judge(ended, graphql);
  if (verdict !== null) {
    settle({ ...verdict, ...circumstances });
    return;
  }
  // Only an answer is not judged by its status alone.
  const { status = 0, body = Buffer.alloc(0) } = ended.kind === 'answer' ? ended : {};
  const read = (answer: SdlAnswer) => settle({ ...judgeAnswer(status, answer, expectedSdl), ...circumstances });
  const answer = expectedSdl === null ? { graphql: graphqlAnswer(body) !== null, hash: null } : sdlAnswerOf(body);
  if (!(answer instanceof Promise)) read(answer);
  else
    answer.then(read, (error: unknown) => {
      announce('internal.error', { where: 'comparing the schema of an instance', error });
      read({ graphql: true, hash: null });
    });
}

/** What shows without reading the answer; null when it has to be read. */
function judge(ended: AttemptResult, graphql: boolean): ProbeResult | null {
  if (ended.kind !== 'answer') {
    const detail = 'error' in ended ? `${ended.kind}: ${messageOf(ended.error)}` : ended.kind;
    const reason = failureOf(ended)?.reason ?? null;
    return { verdict: 'fail', reachable: ended.kind !== 'connect', detail, reason };
  }
  const { status } = ended;
  const detail = `status ${status}`;
  const reason = failureOfAnswer(status, true)?.reason ?? 'status-other';
  if (status === 503) return { verdict: 'drain', reachable: true, detail, reason };
  if (graphql) {
    // The demand for credentials that a health check does not have is an answer too.
    if (status === 401 || status === 403) return { ...PASSED, detail };
    return status < 500 ? null : { verdict: 'fail', reachable: true, detail: `${detail}, no GraphQL answer`, reason };
  }
  return status >= 200 && status < 300 ? { ...PASSED, detail } : { verdict: 'fail', reachable: true, detail, reason };
}

/** A GraphQL error is an answer too. */
function judgeAnswer(status: number, { graphql, hash }: SdlAnswer, expectedSdl: string | null): ProbeResult {
  const detail = `status ${status}`;
  if (!graphql) {
    const reason = failureOfAnswer(status, false)?.reason ?? null;
    return { verdict: 'fail', reachable: true, detail: `${detail}, no GraphQL answer`, reason };
  }
  if (hash === null) return { ...PASSED, detail };
  const drift = hash === expectedSdl ? null : 'its schema is not the one that the supergraph was composed from';
  return { ...PASSED, detail: drift ?? detail, drift };
}

function circumstancesOf(ended: AttemptResult): Pick<Probed, 'timedOut' | 'ownFault'> {
  const connectTimedOut = ended.kind === 'connect' && failureOf(ended)?.reason === 'connect-timeout';
  return {
    timedOut: ended.kind === 'timeout' || connectTimedOut,
    ownFault: ended.kind === 'local' ? ended.error : null,
  };
}
