import { announce } from '../../../gateway/events';
import { startMetrics } from '../../../gateway/observability/metrics/metrics';

describe('metrics of limits', () => {
  it('count requests over a limit by limit and mode', async () => {
    const metrics = startMetrics({ pools: () => [], version: '1' });
    announce('limit.exceeded', { id: '', limit: 'max_depth', max: 50, mode: 'enforce' });
    announce('limit.exceeded', { id: '', limit: 'max_depth', max: 50, mode: 'measure' });
    announce('limit.exceeded', { id: '', limit: 'max_depth', max: 50, mode: 'measure' });
    const text = await metrics.text();
    metrics.close();
    expect(text).toContain('headgate_limits_exceeded_total{limit="max_depth",mode="enforce"} 1');
    expect(text).toContain('headgate_limits_exceeded_total{limit="max_depth",mode="measure"} 2');
  });
});
