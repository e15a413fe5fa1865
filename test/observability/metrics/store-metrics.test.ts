import { announce } from '../../../gateway/events';
import { startMetrics } from '../../../gateway/observability/metrics/metrics';

describe('metrics of the store', () => {
  it('count uses by operation and result, and what came of persisted queries', async () => {
    const metrics = startMetrics({ pools: () => [], version: '1' });
    announce('store.used', { operation: 'get', outcome: 'answered' });
    announce('store.used', { operation: 'take', outcome: 'unanswered' });
    announce('store.used', { operation: 'take', outcome: 'unanswered' });
    announce('persisted.query', { result: 'shared' });
    const text = await metrics.text();
    metrics.close();
    announce('persisted.query', { result: 'shared' });
    expect(text).toContain('headgate_store_uses_total{operation="get",result="answered"} 1');
    expect(text).toContain('headgate_store_uses_total{operation="take",result="unanswered"} 2');
    expect(text).toContain('headgate_persisted_queries_total{result="shared"} 1');
  });
});
