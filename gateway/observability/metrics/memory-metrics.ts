import { Gauge, type Registry } from 'prom-client';
import { keptBytes } from '../../kept';
import { answersUnderWay } from '../../under-way';

function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}

/** Gauges what the process keeps and holds because of clients, and what it may. */
export function gaugeMemory(registry: Registry): void {
  const labelled = (name: string, help: string, read: (one: { bytes: number; entries: number }) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['cache'],
      registers: [registry],
      collect() {
        for (const one of keptBytes.numbers()) this.set({ cache: one.name }, read(one));
      },
    });
  labelled('headgate_kept_bytes', 'Bytes kept because of clients, by what is kept.', ({ bytes }) => bytes);
  labelled('headgate_kept_entries', 'Things kept because of clients, by what is kept.', ({ entries }) => entries);
  gauge(registry, 'headgate_kept_bytes_max', 'memory.kept_bytes: what all caches may keep.', () => keptBytes.max);
  const held = 'Bytes that answers under way hold beyond what is free to each.';
  gauge(registry, 'headgate_answers_under_way_bytes', held, () => answersUnderWay.taken);
  const most = 'memory.under_way_bytes: what answers under way may hold.';
  gauge(registry, 'headgate_answers_under_way_bytes_max', most, () => answersUnderWay.max);
}
