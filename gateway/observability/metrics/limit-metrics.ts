import type { Registry } from 'prom-client';
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
