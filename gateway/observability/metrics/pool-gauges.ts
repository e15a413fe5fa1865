import { Gauge, type Registry } from 'prom-client';
import { INSTANCE_LABEL, type InstanceNumbers, type KnownInstances, OTHERS, type PoolNumbers } from './pool-numbers';

const STATES = ['joining', 'healthy', 'degraded', 'probation', 'ejected', 'draining'];

type Read = (instance: InstanceNumbers) => number | null;

/** Every figure of one instance: read from the pools when Prometheus asks. */
const OF_AN_INSTANCE: readonly (readonly [name: string, help: string, read: Read])[] = [
  [
    'headgate_instance_healthy',
    '1 while the instance is healthy, otherwise 0.',
    ({ state }) => (state === 'healthy' ? 1 : 0),
  ],
  ['headgate_instance_weight', 'Weight as given by configuration, discovery or an operator.', ({ weight }) => weight],
  [
    'headgate_instance_effective_weight',
    'Weight after slow start and adaptive weights.',
    ({ effectiveWeight, weight }) => effectiveWeight ?? weight,
  ],
  ['headgate_instance_in_flight_requests', 'Attempts under way.', ({ inFlight }) => inFlight],
  [
    'headgate_instance_latency_ewma_seconds',
    'Decayed peak latency that choices are made by.',
    ({ ewmaMs = null }) => (ewmaMs === null ? null : ewmaMs / 1_000),
  ],
  [
    'headgate_instance_utilization_ratio',
    'Utilisation as the instance reports it, 1 is all of it.',
    ({ utilization = null }) => utilization,
  ],
];

/** @param pools as they are now */
export function gaugePools(registry: Registry, pools: () => readonly PoolNumbers[], known: KnownInstances): void {
  new Gauge({
    name: 'headgate_pool_instances',
    help: 'Instances of a pool by state.',
    labelNames: ['pool', 'state'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { name, instances } of pools())
        for (const state of STATES)
          this.set({ pool: name, state }, instances.filter((instance) => instance.state === state).length);
    },
  });
  for (const [name, help, read] of OF_AN_INSTANCE) gaugeInstances(registry, pools, known, name, help, read);
}

function gaugeInstances(
  registry: Registry,
  pools: () => readonly PoolNumbers[],
  known: KnownInstances,
  name: string,
  help: string,
  read: Read,
): void {
  new Gauge({
    name,
    help,
    labelNames: ['pool', INSTANCE_LABEL],
    registers: [registry],
    collect() {
      this.reset();
      for (const pool of pools()) {
        for (const one of pool.instances) {
          const value = read(one);
          const instance = known.label(pool.name, one.id);
          // A sum over all others would say nothing about any of them.
          if (value !== null && instance !== OTHERS) this.set({ pool: pool.name, [INSTANCE_LABEL]: instance }, value);
        }
      }
    },
  });
}
