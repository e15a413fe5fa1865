/**
 * A hundred supergraphs, one a second, while clients ask: `node dist/test/bench/swaps.js [--swaps N] [--interval MS]
 * [--clients N] [--operations N]`. Prints Markdown.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runSwaps } from '../fixtures/swaps';
import { formatMs, formatTable } from './report';

const REPORTS = 10;

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

async function run(folder: string): Promise<void> {
  const { values } = parseArgs({
    options: {
      swaps: { type: 'string', default: '100' },
      interval: { type: 'string', default: '1000' },
      clients: { type: 'string', default: '4' },
      operations: { type: 'string', default: '20' },
    },
  });
  const swaps = Number(values.swaps);
  const load = loadavg()[0]?.toFixed(1);
  const { answers, failures, versionsSeen, latenciesMs, activationsMs, reports } = await runSwaps({
    folder,
    swaps,
    intervalMs: Number(values.interval),
    clients: Number(values.clients),
    operations: Number(values.operations),
    reportEvery: Math.max(1, Math.floor(swaps / REPORTS)),
  });
  const sorted = [...latenciesMs].sort((a, b) => a - b);
  const activations = [...activationsMs].sort((a, b) => a - b);
  const rows = reports.map(({ maxMs, p99Ms, heap }, at) => [
    String(Math.min(swaps, at * Math.max(1, Math.floor(swaps / REPORTS)))),
    formatMs(maxMs),
    formatMs(p99Ms),
    (heap / 1e6).toFixed(1),
  ]);
  const lines = [
    `${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}, load average ${load} at the start.`,
    `${swaps} swaps, ${values.interval} ms apart, ${values.clients} clients with ${values.operations} operations:`,
    `${answers} answers, ${failures.length} errors or answers of two versions, ${versionsSeen} versions seen;`,
    `p50 ${formatMs(quantile(sorted, 0.5))} ms, p99 ${formatMs(quantile(sorted, 0.99))} ms, worst ${formatMs(sorted.at(-1) ?? 0)} ms;`,
    `from the file to the first answer ${formatMs(quantile(activations, 0.5))} ms, worst ${formatMs(activations.at(-1) ?? 0)} ms.`,
    ...failures.map((failure) => `- ${failure}`),
    '',
    formatTable(['after swap', 'worst loop delay ms', 'p99 loop delay ms', 'heap MB after GC'], rows),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function main(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-swaps-'));
  try {
    await run(folder);
    return 0;
  } catch (error) {
    process.stderr.write(`swaps: ${error instanceof Error ? error.stack : error}\n`);
    return 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main().then((code) => process.exit(code));
