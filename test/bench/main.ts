/** `npm run bench`: the public federation benchmark on loopback, Headgate beside other gateways. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runBench } from './bench';
import { Children } from './children';
import { UsageError } from './flags';
import type { Gateway } from './gateways/gateway';
import { DEFAULT_GATEWAYS, GATEWAYS } from './gateways/gateways';
import { headgateAt } from './gateways/headgate';
import { type BenchOptions, parseOptions, usage } from './options';
import { formatReport } from './report';
import type { BenchRun } from './stage';

const CHOICES = { gateways: GATEWAYS.map(({ id }) => id), defaultGateways: DEFAULT_GATEWAYS };
const WRONG_USAGE = 3;

function chooseGateways({ gateways, baseline }: BenchOptions): Gateway[] {
  const chosen = GATEWAYS.filter(({ id }) => gateways.includes(id));
  return baseline === undefined ? chosen : [...chosen, headgateAt(baseline)];
}

async function bench(options: BenchOptions): Promise<void> {
  if (!existsSync('/proc/self/stat')) throw new Error('the benchmark reads CPU times from /proc: it needs Linux');
  const children = new Children();
  const folder = mkdtempSync(join(tmpdir(), 'headgate-bench-'));
  const cleanUp = () => {
    children.killAll();
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', cleanUp);
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.once(signal, () => process.exit(code));
  }
  const progress = (line: string) => process.stderr.write(`${line}\n`);
  const run: BenchRun = { options, gateways: chooseGateways(options), children, folder, progress };
  const report = await runBench(run);
  const markdown = formatReport(report);
  process.stdout.write(markdown);
  if (options.markdownFile !== undefined) writeFileSync(options.markdownFile, markdown);
  if (options.jsonFile !== undefined) writeFileSync(options.jsonFile, `${JSON.stringify(report, null, 2)}\n`);
}

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args, CHOICES);
    if (options === 'help') process.stdout.write(usage(CHOICES));
    else await bench(options);
    return 0;
  } catch (error) {
    const wrongUsage = error instanceof UsageError;
    process.stderr.write(
      `bench: ${error instanceof Error ? error.message : error}\n${wrongUsage ? `\n${usage(CHOICES)}` : ''}`,
    );
    return wrongUsage ? WRONG_USAGE : 1;
  }
}

void main(process.argv.slice(2)).then((code) => process.exit(code));
