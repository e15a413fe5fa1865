import { Registry } from 'prom-client';
import { countAudit } from './audit-metrics';
import { countAuthentication } from './authentication-metrics';
import { countAuthorization } from './authorization-metrics';
import { type ClientNumbers, type ConnectionNumbers, countClients, countConnections } from './client-metrics';
import { countCosts } from './cost-metrics';
import { countDiscovery } from './discovery-metrics';
import { countLimits, countRates, countWrongTokens } from './limit-metrics';
import { gaugeMemory } from './memory-metrics';
import { countPlanning, type PlannerNumbers } from './planner-metrics';
import { countPools } from './pool-counters';
import { gaugePools } from './pool-gauges';
import { KnownInstances, type PoolNumbers } from './pool-numbers';
import { gaugeProcess } from './process-metrics';
import { countRequests } from './request-metrics';
import { countStore } from './store-metrics';
import { countSupergraphs } from './supergraph-metrics';

export type { PlannerNumbers } from './planner-metrics';
export type { PoolNumbers } from './pool-numbers';

/** The numbers of this process, counted from when they are started until they are closed. */
export interface Metrics {
  readonly contentType: string;
  /** In Prometheus' text format. */
  text(): Promise<string>;
  close(): void;
}

export interface MetricsOptions {
  /** The pools as they are now. */
  readonly pools: () => readonly PoolNumbers[];
  /** The planner of the supergraph in service; null before there is one. */
  readonly planner?: () => PlannerNumbers | null;
  /** The requests of clients, as they are now. */
  readonly clients?: ClientNumbers;
  /** Their connections, as they are now. */
  readonly connections?: () => ConnectionNumbers;
  readonly version: string;
}

export function startMetrics({ pools, planner = () => null, clients, connections, version }: MetricsOptions): Metrics {
  const registry = new Registry();
  const known = new KnownInstances();
  let shown: readonly PoolNumbers[] = [];
  gaugePools(registry, () => shown, known);
  const counters = countPools(registry, known);
  const discovery = countDiscovery(registry, () => shown);
  countClients(registry, clients);
  if (connections !== undefined) countConnections(registry, connections);
  gaugeMemory(registry);
  const stops = [
    countRequests(registry),
    countAuthentication(registry),
    countAudit(registry),
    countAuthorization(registry),
    countLimits(registry),
    countRates(registry),
    countCosts(registry),
    countWrongTokens(registry),
    countPlanning(registry, planner),
    countStore(registry),
    countSupergraphs(registry),
    gaugeProcess(registry, version),
  ];
  return {
    contentType: registry.contentType,
    text() {
      shown = pools();
      known.keep(shown);
      counters.prune(shown);
      discovery.prune(shown);
      return registry.metrics();
    },
    close() {
      counters.close();
      discovery.close();
      for (const stop of stops) stop();
      registry.clear();
    },
  };
}
