import { Gauge, type Registry } from 'prom-client';
import { subscribe } from '../../events';
import type { DiscoveryNumbers, PoolNumbers } from './pool-numbers';
import { Tally } from './tally';

export interface DiscoveryMetrics {
  /** Forgets the pools that are gone. */
  prune(pools: readonly PoolNumbers[]): void;
  close(): void;
}

type Read = (discovery: DiscoveryNumbers) => number | null;

/** Counts and dates what sources of instances answer. A list in the configuration has no age and is not shown. */
export function countDiscovery(registry: Registry, pools: () => readonly PoolNumbers[]): DiscoveryMetrics {
  gauge(
    registry,
    pools,
    'headgate_discovery_age_seconds',
    'Since the source of instances last answered.',
    ({ ageMs }) => (ageMs === null ? null : ageMs / 1_000),
  );
  gauge(
    registry,
    pools,
    'headgate_discovery_endpoints',
    'Instances in the last answer of the source.',
    ({ endpoints }) => endpoints,
  );
  const answers = new Tally(registry, {
    name: 'headgate_discovery_answers_total',
    help: 'Answers and failures of the source of instances.',
    labels: ['pool', 'source', 'result'],
  });
  const stops = [
    subscribe('discovery.answered', ({ pool, source }) => answers.add(pool, source, 'answered')),
    subscribe('discovery.failed', ({ pool, source }) => answers.add(pool, source, 'failed')),
  ];
  return {
    prune(shown) {
      const names = new Set(shown.map(({ name }) => name));
      answers.prune(([pool = '']) => names.has(pool));
    },
    close() {
      for (const stop of stops) stop();
    },
  };
}

function gauge(registry: Registry, pools: () => readonly PoolNumbers[], name: string, help: string, read: Read): void {
  new Gauge({
    name,
    help,
    labelNames: ['pool', 'source'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { name: pool, discovery } of pools()) {
        const value = discovery == null ? null : read(discovery);
        if (value !== null) this.set({ pool, source: discovery?.source ?? '' }, value);
      }
    },
  });
}
