import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMetrics } from '../../../gateway/observability/metrics/metrics';
import { packageRoot } from '../../../gateway/package-root';
import { workerMetrics } from '../../../gateway/workers/worker-metrics';
import { describeWithPromtool, promtool } from '../../fixtures/promtool';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly refId: string; readonly expr: string; readonly legendFormat: string }[];
}

// The file is ours.
const dashboard = JSON.parse(readFileSync(join(packageRoot, 'deploy', 'grafana', 'headgate.json'), 'utf8')) as {
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
};
const targets = dashboard.panels.flatMap(({ targets: own = [] }) => own);
const expressions = [...targets, ...dashboard.annotations.list].map(({ expr }) => expr);

/** Metrics that a gateway shows, with the labels that their series can have. */
async function known(): Promise<ReadonlySet<string>> {
  const metrics = startMetrics({ pools: () => [], version: '0' });
  const workers = workerMetrics({ count: { wanted: 1, ready: 1 }, deaths: 0 });
  const text = `${await metrics.text()}\n${await workers()}`;
  metrics.close();
  return new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name));
}

describe('the dashboard', () => {
  it('asks for metrics that there are', async () => {
    const names = await known();
    const asked = expressions.flatMap((expr) =>
      [...expr.matchAll(/\b(?:headgate|process)_\w+/g)].map(([name]) => name),
    );
    expect(asked.length).toBeGreaterThan(30);
    expect(asked.filter((name) => !names.has(name.replace(/_bucket$/, '')))).toEqual([]);
  });

  it('shows every metric of the planner', async () => {
    const planner = [...(await known())].filter((name) => /^headgate_plan/.test(name));
    expect(planner.length).toBeGreaterThan(7);
    expect(planner.filter((name) => !expressions.some((expr) => expr.includes(name)))).toEqual([]);
  });

  it('never tells workers apart by accident', () => {
    expect(expressions.filter((expr) => !/^(?:histogram_quantile|sum|max|avg|count)/.test(expr))).toEqual([]);
  });

  it('has panels with a title each, none upon another', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(dashboard.panels.filter(({ title }) => title === '')).toEqual([]);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });
});

describeWithPromtool('promtool', () => {
  it('understands every expression of the dashboard', () => {
    const folder = mkdtempSync(join(tmpdir(), 'headgate-dashboard-'));
    try {
      const rules = expressions.map((expr, at) => ({
        record: `panel:${at}`,
        expr: expr.replaceAll('$__rate_interval', '5m').replaceAll(/\$\w+/g, '.*'),
      }));
      const file = join(folder, 'rules.yaml');
      writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
      expect(promtool(['check', 'rules', file])).toMatchObject({ code: 0 });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
