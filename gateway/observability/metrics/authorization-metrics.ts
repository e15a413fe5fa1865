import type { Registry } from 'prom-client';
import { subscribe } from '../../events';
import { Tally } from './tally';

/** Operations of which something was refused. */
export function countAuthorization(registry: Registry): () => void {
  const refusals = new Tally(registry, {
    name: 'headgate_authorization_refusals_total',
    help: 'Operations of which something was refused for want of authorization, by mode: filter, reject, or dry_run, where it was given all the same.',
    labels: ['mode'],
  });
  return subscribe('operation.unauthorized', ({ mode }) => refusals.add(mode));
}
