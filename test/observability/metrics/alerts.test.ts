import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { startMetrics } from '../../../gateway/observability/metrics/metrics';
import { packageRoot } from '../../../gateway/package-root';
import { workerMetrics } from '../../../gateway/workers/worker-metrics';
import { describeWithPromtool, promtool } from '../../fixtures/promtool';

const FOLDER = join(packageRoot, 'deploy', 'prometheus');
const RULES = join(FOLDER, 'alerts.yaml');
const TESTS = join(FOLDER, 'alerts.test.yaml');

interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[];
}

function rules() {
  // The file is ours; promtool checks its form.
  return (parse(readFileSync(RULES, 'utf8')) as Rules).groups.flatMap((group) => group.rules);
}

describe('the alert rules', () => {
  it('ask for metrics that there are', async () => {
    const metrics = startMetrics({ pools: () => [], version: '0' });
    const workers = workerMetrics({ count: { wanted: 1, ready: 1 }, deaths: 0 });
    const text = `${await metrics.text()}\n${await workers()}`;
    metrics.close();
    const known = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
    const asked = rules().flatMap(({ expr }) => [...expr.matchAll(/headgate_\w+/g)].map(([name]) => name));
    expect(asked.length).toBeGreaterThan(15);
    expect(asked.filter((name) => !known.has(name) && !known.has(name.replace(/_bucket$/, '')))).toEqual([]);
  });

  it('never tell the workers of a gateway apart', () => {
    const alone = rules().filter(({ expr }) => /headgate_(?!workers_)/.test(expr));
    const aggregates = /\b(?:sum|max|min|count) (?:by|without) \(/;
    expect(alone.filter(({ expr }) => !aggregates.test(expr)).map(({ alert }) => alert)).toEqual([]);
  });

  it('have a test each', () => {
    const tests = readFileSync(TESTS, 'utf8');
    expect(
      rules()
        .filter(({ alert }) => !tests.includes(`"${alert}"`))
        .map(({ alert }) => alert),
    ).toEqual([]);
  });
});

describeWithPromtool('promtool', () => {
  it('finds the alert rules in order', () => {
    expect(promtool(['check', 'rules', RULES])).toMatchObject({ code: 0, output: expect.stringContaining('SUCCESS') });
  });

  it('sees every alert fire when it should, and none when all is well', () => {
    expect(promtool(['test', 'rules', TESTS])).toMatchObject({ code: 0, output: expect.stringContaining('SUCCESS') });
  });
});
