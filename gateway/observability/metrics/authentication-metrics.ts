import { Gauge, type Registry } from 'prom-client';
import { subscribe } from '../../events';
import { Tally } from './tally';

/** Who was not let in, and why; and how it stands with the keys by which that is found out. */
export function countAuthentication(registry: Registry): () => void {
  const failures = new Tally(registry, {
    name: 'headgate_authentication_failures_total',
    help: 'Requests whose credentials are missing or not right, by kind of credential and reason; with on_error: continue, too.',
    labels: ['type', 'reason'],
  });
  const reads = new Tally(registry, {
    name: 'headgate_jwks_reads_total',
    help: 'Times that the keys of an identity provider were read, by place and outcome: read or failed.',
    labels: ['source', 'outcome'],
  });
  const tokens = new Tally(registry, {
    name: 'headgate_upstream_tokens_total',
    help: 'Times that a server was asked for a token to show to a subgraph or service, by pool and outcome: given or failed.',
    labels: ['pool', 'outcome'],
  });
  const keys = new Gauge({
    name: 'headgate_jwks_keys',
    help: 'Keys of a place that count now.',
    labelNames: ['source'],
    registers: [registry],
  });
  const readAt = new Gauge({
    name: 'headgate_jwks_last_read_timestamp_seconds',
    help: 'When the keys of a place were read last, in seconds since 1970.',
    labelNames: ['source'],
    registers: [registry],
  });
  const stops = [
    subscribe('authentication.failed', ({ type, reason }) => failures.add(type, reason)),
    subscribe('token.asked', ({ pool, outcome }) => tokens.add(pool, outcome)),
    subscribe('keys.read', ({ source, keys: count }) => {
      reads.add(source, 'read');
      keys.set({ source }, count);
      readAt.set({ source }, Date.now() / 1000);
    }),
    subscribe('keys.failed', ({ source, keys: count }) => {
      reads.add(source, 'failed');
      keys.set({ source }, count);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
