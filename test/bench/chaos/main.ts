/** `npm run chaos`: every row of the table of faults, against real processes over real sockets. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Children } from '../children';
import { UsageError } from '../flags';
import { type ChaosOptions, parseOptions, USAGE } from './options';
import { formatChaos } from './report';
import { allRows } from './rows/rows';
import { runTrials } from './trials';

const WRONG_USAGE = 3;
const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;

async function chaos(options: ChaosOptions, children: Children, folder: string): Promise<void> {
  const progress = (line: string) => process.stderr.write(`${line}\n`);
  const report = await runTrials({ options, rows: allRows(children, folder), children, folder, progress });
  const markdown = formatChaos(report);
  process.stdout.write(markdown);
  if (options.markdownFile !== undefined) writeFileSync(options.markdownFile, markdown);
  if (options.jsonFile !== undefined) writeFileSync(options.jsonFile, `${JSON.stringify(report, null, 2)}\n`);
}

async function main(args: readonly string[]): Promise<number> {
  const children = new Children();
  const folder = mkdtempSync(join(tmpdir(), 'headgate-chaos-'));
  process.once('exit', () => {
    children.killAll();
    rmSync(folder, { recursive: true, force: true });
  });
  for (const [signal, code] of SIGNALS) process.once(signal, () => process.exit(code));
  try {
    const known = allRows(children, folder).map(({ id }) => id);
    const options = parseOptions(args, known);
    if (options === 'help') process.stdout.write(USAGE);
    else await chaos(options, children, folder);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof UsageError ? WRONG_USAGE : 1;
  }
}

void main(process.argv.slice(2)).then((code) => process.exit(code));
