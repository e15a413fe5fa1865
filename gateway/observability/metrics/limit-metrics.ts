import { Counter, type Registry } from 'prom-client';
import { subscribe } from '../../events';
import { Tally } from './tally';

/** Requests over a limit, those let through included. */
export function countLimits(registry: Registry): () => void {
  const exceeded = new Tally(registry, {
    name: 'headgate_limits_exceeded_total',
    help: 'Requests over a limit of the configuration, by limit and mode: refused (enforce) or let through (measure).',
    labels: ['limit', 'mode'],
  });
  return subscribe('limit.exceeded', ({ limit, mode }) => exceeded.add(limit, mode));
}

/** What the policies of rate_limit said. */
export function countRates(registry: Registry): () => void {
  const judged = new Tally(registry, {
    name: 'headgate_rate_limit_requests_total',
    help: 'Requests that a policy of rate_limit was asked for: allowed or refused, counted by the store, locally, or by none (no answer).',
    labels: ['policy', 'result', 'counted_by'],
  });
  return subscribe('rate_limit.judged', ({ policy, result, countedBy }) => judged.add(policy, result, countedBy));
}

/** Wrong tokens at the admin listener. */
export function countWrongTokens(registry: Registry): () => void {
  const wrong = new Counter({
    name: 'headgate_admin_wrong_tokens_total',
    help: "Calls of the admin listener with a token that is nobody's; the last second may be missing.",
    registers: [registry],
  });
  return subscribe('admin.refused', ({ count }) => wrong.inc(count));
}
