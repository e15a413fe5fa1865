import { parseArgs } from 'node:util';
import { closeCompositionThread } from '../../../gateway/supergraph/compose';
import { check } from './check';

/** `node dist/test/execution/differential/run.js --cases 100000 --seed 1` */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      cases: { type: 'string', default: '100000' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    },
  });
  const report = (failure: string): void => void process.stdout.write(`${failure}\n\n`);
  const { failures, ...figures } = await check(Number(values.cases), Number(values.seed), report);
  process.stdout.write(`${JSON.stringify({ ...figures, failures: failures.length })}\n`);
  process.exitCode = failures.length === 0 ? 0 : 1;
  await closeCompositionThread();
}

void main();
