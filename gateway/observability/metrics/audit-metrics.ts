import { Counter, Gauge, type Registry } from 'prom-client';
import { subscribe } from '../../events';
import { Tally } from './tally';

/** Counts entries of the audit log, and says whether it can be written. */
export function countAudit(registry: Registry): () => void {
  const entries = new Tally(registry, {
    name: 'headgate_audit_entries_total',
    help: 'Entries written into the audit log.',
    labels: ['outcome'],
  });
  const failing = new Gauge({
    name: 'headgate_audit_failing',
    help: '1 while the audit log cannot be written.',
    registers: [registry],
  });
  const lost = new Counter({
    name: 'headgate_audit_lost_total',
    help: 'Entries that could not be written, and were too many to be kept.',
    registers: [registry],
  });
  const stops = [
    subscribe('audit.written', ({ outcome }) => entries.add(outcome)),
    subscribe('audit.failed', () => failing.set(1)),
    subscribe('audit.recovered', (event) => {
      failing.set(0);
      lost.inc(event.lost);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
