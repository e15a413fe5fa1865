import type { Registry } from 'prom-client';
import { subscribe } from '../../events';
import { Durations } from './durations';

/** Costs have no upper end. */
const COSTS = [0, 1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 100_000, 1_000_000];

/** What operations were estimated at, and what their answers came to. */
export function countCosts(registry: Registry): () => void {
  const histogram = (name: string, help: string) =>
    new Durations(registry, { name: `headgate_cost_${name}`, help, label: 'result', buckets: COSTS });
  const estimated = histogram('estimated', 'Cost of operations as estimated, by what came of it.');
  const actual = histogram('actual', 'Cost of operations as their subgraphs answered, by what came of the estimate.');
  const delta = histogram('delta', 'How much less operations cost than estimated, by what came of the estimate.');
  return subscribe('cost.known', (cost) => {
    estimated.observe(cost.result, cost.estimated);
    if (cost.actual === null) return;
    actual.observe(cost.result, cost.actual);
    // Lists may be longer than anybody said: a sum of Prometheus never falls.
    delta.observe(cost.result, Math.max(0, cost.estimated - cost.actual));
  });
}
