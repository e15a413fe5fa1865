import type { Health } from '../health';
import { jsonAnswer, type Route } from '../route';

const NO_STORE = { 'cache-control': 'no-store' };

/** `live`: the process answers. `ready`: it has a supergraph and is not draining. */
export function healthRoutes(health: Health): readonly Route[] {
  return [
    { method: 'GET', path: '/health/live', handle: () => jsonAnswer(200, { status: 'ok' }, NO_STORE) },
    {
      method: 'GET',
      path: '/health/ready',
      handle: () => {
        const status = health.state();
        if (status === 'ok') return jsonAnswer(200, { status }, NO_STORE);
        return jsonAnswer(503, { status }, { ...NO_STORE, 'retry-after': '1' });
      },
    },
  ];
}
