import { Gauge, Registry } from 'prom-client';
import type { Workers } from './workers';

/** Numbers of the workers in Prometheus' text format. */
export function workerMetrics(workers: Pick<Workers, 'count' | 'deaths'>): () => Promise<string> {
  const registry = new Registry();
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(value());
      },
    });
  gauge('headgate_workers_wanted', 'Worker processes that the configuration asks for.', () => workers.count.wanted);
  gauge('headgate_workers_ready', 'Worker processes that answer queries.', () => workers.count.ready);
  gauge('headgate_workers_died', 'Worker processes that ended without being told to.', () => workers.deaths);
  return () => registry.metrics();
}
