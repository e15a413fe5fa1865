import { parseArgs } from 'node:util';
import { closeCompositionThread } from '../../../gateway/supergraph/compose';
import { check } from './check';

/** `node dist/test/execution/differential/run.js --cases 100000 --seed 1`; `--path` runs one example of a seed again. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      cases: { type: 'string', default: '100000' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      path: { type: 'string' },
      'stock-every': { type: 'string', default: '4' },
    },
  });
  const { path } = values;
  const startedAt = performance.now();
  const { failures, ...figures } = await check({
    cases: Number(values.cases),
    seed: Number(values.seed),
    stockEvery: Number(values['stock-every']),
    ...(path === undefined ? {} : { path }),
    report: (failure) => void process.stdout.write(`${failure}\n\n`),
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const perSecond = Math.round(figures.cases / seconds);
  process.stdout.write(`${JSON.stringify({ ...figures, failures: failures.length, perSecond })}\n`);
  process.exitCode = failures.length === 0 ? 0 : 1;
  await closeCompositionThread();
}

void main();
