import type { Call } from '../../call';
import type { Config } from '../../config/config';
import { Flight } from '../../flight';
import { fetchStack } from '../../pipeline';
import { Policy } from '../../rate-limits/policy';
import type { FetchAnswer } from '../../transport/fetch-answer';
import { FetchOperation, FetchRequest } from '../../transport/fetch-request';
import type { SubgraphOptions } from '../../transport/options';
import { allReads, compileReads, NO_READS, readsOf } from '../../transport/reads';
import { compileRouting } from '../../transport/routing/routing';

/** What rules make of the fetches of one request from one subgraph. */
export interface JudgedFetch {
  /** Name of the rule that chooses instances; null: none is for it. */
  readonly rule: string | null;
  /** Tags that an instance has to have; null: any may be asked. */
  readonly tags: Readonly<Record<string, string>> | null;
  /** Whether others are asked while none of those is well. */
  readonly fallback: boolean;
  /** Name of the rule that copies them; null: none does. */
  readonly mirror: string | null;
  /** Headers that rules send along. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What a request meets before its fetches. */
export interface JudgedCall {
  /** Names of the rate limits that count it. */
  readonly rate_limits: readonly string[];
  /** Of each policy of the configuration, whether it holds. */
  readonly policies: Readonly<Record<string, boolean>>;
}

const UNTIL_MS = 60_000;
/** What a fetch that nobody makes is answered. */
const NO_ANSWER: FetchAnswer = {
  content: { data: null, errors: [], extensions: null, bytes: 0 },
  instance: null,
  attempts: 0,
  status: null,
  headers: {},
  requestBytes: 0,
  responseBytes: 0,
  errorCode: null,
  error: null,
  cache: null,
  holdFor() {},
};

/**
 * Lets the layers of a subgraph work on a fetch that is not sent.
 * @param draw what rules by chance draw, in [0, 100): those that take more of a hundred take the request
 */
export async function judgeFetch(options: SubgraphOptions, call: Call, draw: number): Promise<JudgedFetch> {
  const routing = compileRouting(options, () => draw / 100);
  const reads = allReads([readsOf(options), routing?.reads ?? NO_READS]);
  const startedAt = performance.now();
  const flight = new Flight(compileReads(reads)(call), { id: '', startedAt }, startedAt + UNTIL_MS);
  let headers: JudgedFetch['headers'] = {};
  const step = fetchStack(options, {
    reads,
    wire: () => (request) => {
      headers = request.headers;
      return NO_ANSWER;
    },
  });
  await step(new FetchRequest(new FetchOperation('{ __typename }', undefined, 'query'), [], '{}'), flight);
  const rule = routing?.ruleFor(flight) ?? null;
  return {
    rule: rule?.name ?? null,
    tags: rule?.tags ?? null,
    fallback: rule?.fallback ?? true,
    mirror: routing?.mirrorRuleFor(flight)?.name ?? null,
    headers,
  };
}

/** What of a configuration is about a request as a whole. */
export function judgeCall({ rateLimits, authorization }: Config, call: Call): JudgedCall {
  const limits = (rateLimits?.policies ?? []).map((policy, at) => new Policy(policy, `rate_limit.policies[${at}]`));
  const policies = [...(authorization?.policies ?? [])].map(([name, { evaluate }]) => [name, evaluate(call) === true]);
  return {
    rate_limits: limits.flatMap((limit) => (limit.ask(call) === null ? [] : limit.name)),
    policies: Object.fromEntries(policies),
  };
}
