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

/** Wrong tokens at the admin listener. */
export function countWrongTokens(registry: Registry): () => void {
  const wrong = new Counter({
    name: 'headgate_admin_wrong_tokens_total',
    help: "Calls of the admin listener with a token that is nobody's; the last second may be missing.",
    registers: [registry],
  });
  return subscribe('admin.refused', ({ count }) => wrong.inc(count));
}
