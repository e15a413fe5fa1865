import type { Registry } from 'prom-client';
import { subscribe } from '../../events';
import { Tally } from './tally';

/** Who was not let in, and why. */
export function countAuthentication(registry: Registry): () => void {
  const failures = new Tally(registry, {
    name: 'headgate_authentication_failures_total',
    help: 'Requests whose credentials are missing or not right, by kind of credential and reason; with on_error: continue, too.',
    labels: ['type', 'reason'],
  });
  return subscribe('authentication.failed', ({ type, reason }) => failures.add(type, reason));
}
