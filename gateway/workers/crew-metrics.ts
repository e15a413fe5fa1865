import { Gauge, Registry } from 'prom-client';
import type { Crew } from './crew';

/** Numbers of the crew in Prometheus' text format. */
export function crewMetrics(crew: Pick<Crew, 'count' | 'deaths'>): () => Promise<string> {
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
  gauge('headgate_workers_wanted', 'Worker processes that the configuration asks for.', () => crew.count.wanted);
  gauge('headgate_workers_ready', 'Worker processes that answer queries.', () => crew.count.ready);
  gauge('headgate_workers_died', 'Worker processes that ended without being told to.', () => crew.deaths);
  return () => registry.metrics();
}
