import { parseArgs } from 'node:util';
import { closeCompositionThread } from '../../../gateway/supergraph/compose';
import { checkAuthorization } from './check';

/** `node dist/test/authorization/oracle/run.js --cases 10000 --seed 1`; `--path` runs one example of a seed again. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      cases: { type: 'string', default: '10000' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      path: { type: 'string' },
    },
  });
  const { path } = values;
  const { failure, ...figures } = await checkAuthorization({
    cases: Number(values.cases),
    seed: Number(values.seed),
    ...(path === undefined ? {} : { path }),
    progress: (cases) => void process.stderr.write(`${cases} cases\n`),
  });
  if (failure !== null) process.stdout.write(`${failure}\n`);
  process.stdout.write(`${JSON.stringify({ seed: Number(values.seed), ...figures })}\n`);
  process.exitCode = failure === null ? 0 : 1;
  await closeCompositionThread();
}

void main();
