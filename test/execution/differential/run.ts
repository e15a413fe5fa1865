import { parseArgs } from 'node:util';
import { closeCompositionThread } from '../../../gateway/supergraph/compose';
import { check } from './check';
import { FEATURES, NOT_YET } from './model';

/**
 * `node dist/test/execution/differential/run.js --cases 100000 --seed 1`; `--path` runs one example of a seed again.
 * `--from 1 --to 500` runs these rounds and no others, whatever their cases: several processes share a long run, and one that
 * was stopped goes on at the round that it was at. `--without introspection,marks` leaves these features out, none: those not yet answered rightly are in.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      cases: { type: 'string', default: '100000' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      from: { type: 'string' },
      to: { type: 'string' },
      path: { type: 'string' },
      without: { type: 'string', default: [...NOT_YET].join() },
      'stock-every': { type: 'string', default: '4' },
      'combinations-every': { type: 'string', default: '4' },
    },
  });
  const { path, to } = values;
  const startedAt = performance.now();
  const rate = (cases: number) => Math.round((cases * 1000) / (performance.now() - startedAt));
  const without = values.without.split(',');
  const { failures, ...figures } = await check({
    cases: Number(values.cases),
    seed: Number(values.from ?? values.seed),
    stockEvery: Number(values['stock-every']),
    combinationsEvery: Number(values['combinations-every']),
    without: new Set(FEATURES.filter((one) => without.includes(one))),
    ...(to === undefined ? {} : { to: Number(to) }),
    ...(path === undefined ? {} : { path }),
    report: (failure) => void process.stdout.write(`${failure}\n\n`),
    progress: (round, cases) => void process.stderr.write(`round ${round}: ${cases} cases, ${rate(cases)} a second\n`),
  });
  const perSecond = rate(figures.cases);
  process.stdout.write(`${JSON.stringify({ ...figures, failures: failures.length, perSecond })}\n`);
  process.exitCode = failures.length === 0 ? 0 : 1;
  await closeCompositionThread();
}

void main();
