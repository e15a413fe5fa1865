import type { PoolView } from '../../pool/pool';
import { jsonAnswer, type Route } from '../route';

/** Route that shows what the pools believe of their instances. */
export function poolRoutes(pools: () => readonly PoolView[]): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/pools',
      handle: () => jsonAnswer(200, { pools: pools() }, { 'cache-control': 'no-store' }),
    },
  ];
}
