import type { Health } from '../health';
import { jsonAnswer, type Route } from '../route';

const NO_STORE = { 'cache-control': 'no-store' };

/** `live`: the process answers. `ready`: it has a supergraph and is not draining; of several workers at least one has. */
export function healthRoutes(health: Health): readonly Route[] {
  return [
    { method: 'GET', path: '/health/live', handle: () => jsonAnswer(200, { status: 'ok' }, NO_STORE) },
    {
      method: 'GET',
      path: '/health/ready',
      handle: () => {
        const status = health.state();
        const workers = health.workers();
        const body = workers === null ? { status } : { status, workers };
        if (status === 'ok' || status === 'degraded') return jsonAnswer(200, body, NO_STORE);
        return jsonAnswer(503, body, { ...NO_STORE, 'retry-after': '1' });
      },
    },
  ];
}
