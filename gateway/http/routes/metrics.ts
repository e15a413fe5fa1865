import type { Metrics } from '../../observability/metrics/metrics';
import type { Route } from '../route';

/** Route that Prometheus collects from. */
export function metricsRoute(metrics: Pick<Metrics, 'contentType' | 'text'>): Route {
  return {
    method: 'GET',
    path: '/metrics',
    handle: async () => ({
      status: 200,
      headers: { 'content-type': metrics.contentType, 'cache-control': 'no-store' },
      body: await metrics.text(),
    }),
  };
}
