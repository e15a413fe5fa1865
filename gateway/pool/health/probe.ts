import type { Dispatcher } from 'undici';
import { Attempt, type AttemptResult } from '../attempt';
import type { HealthCheckOptions } from '../options';

const PROBE_BYTES_MAX = 1_000_000;
const GRAPHQL_BODY = '{"query":"{__typename}"}';
const GRAPHQL_HEADERS = {
  'content-type': 'application/json',
  accept: 'application/graphql-response+json, application/json;q=0.9',
  'user-agent': 'headgate-health',
};

/** Asks an instance whether it is well. The promise never rejects. */
export interface Probe {
  readonly passed: Promise<boolean>;
  readonly cancel: () => void;
}

/** @param pathFor turns a path into the instance's own; empty is where GraphQL is served */
export function probe(dispatcher: Dispatcher, options: HealthCheckOptions, pathFor: (path: string) => string): Probe {
  const graphql = options.probe === 'graphql';
  let settle: (passed: boolean) => void = () => undefined;
  const passed = new Promise<boolean>((resolve) => {
    settle = resolve;
  });
  const attempt = new Attempt(
    {
      method: graphql ? 'POST' : 'GET',
      path: options.probe === 'graphql' ? pathFor('') : options.probe.path,
      headers: graphql ? GRAPHQL_HEADERS : { 'user-agent': 'headgate-health' },
      body: graphql ? GRAPHQL_BODY : null,
      repeatable: true,
      timeoutMs: options.timeoutMs,
      responseBytesMax: PROBE_BYTES_MAX,
    },
    (result) => settle(graphql ? answersGraphql(result) : answersOk(result)),
  );
  attempt.start(dispatcher);
  return { passed, cancel: () => attempt.stop('cancelled') };
}

function answersOk(result: AttemptResult): boolean {
  return result.kind === 'answer' && result.status >= 200 && result.status < 300;
}

/** A GraphQL error is an answer too, and so is the demand for credentials that a health check does not have. */
function answersGraphql(result: AttemptResult): boolean {
  if (result.kind !== 'answer' || result.status >= 500) return false;
  if (result.status === 401 || result.status === 403) return true;
  try {
    const answer: unknown = JSON.parse(result.body.toString('utf8'));
    return typeof answer === 'object' && answer !== null && ('data' in answer || 'errors' in answer);
  } catch {
    return false;
  }
}
