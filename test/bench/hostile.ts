/**
 * What hostile requests do to the gateway and to its other clients, beside stock Apollo gateway:
 * `node dist/test/bench/hostile.js [--gateway headgate,stock] [--deadline SECONDS] [--unique N] [--heap MB] [--only TEXT] [--profile FOLDER]`.
 * Prints Markdown.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { closeCompositionThread, composeSubgraphs } from '../../gateway/supergraph/compose';
import { Children } from './children';
import { headgate } from './gateways/headgate';
import { stock } from './gateways/stock';
import { HelperProcess } from './helper-process';
import { type Row, runBattery } from './hostile-battery';
import type { HostileSubgraphsCommands } from './hostile-subgraphs-process';
import { formatTable } from './report';

const GATEWAYS = [
  { gateway: headgate, healthPath: '/health/ready' },
  { gateway: stock, healthPath: null },
] as const;

/** Of one gateway. */
const COLUMNS = ['answer', 'ms', 'worst ordinary ms', 'loop ms', 'no core ms', 'CPU ms', 'RSS MB'];

function statusOf({ outcome, wasKilled }: Row): string {
  if (wasKilled) return 'no answer';
  return outcome.code === null ? String(outcome.status) : `${outcome.status} ${outcome.code}`;
}

function cells(row: Row | undefined): string[] {
  if (row === undefined) return COLUMNS.map(() => '');
  const { outcome, worstMs, cpuMs, loop, residentBytes, failures, wasKilled } = row;
  const more = wasKilled ? '> ' : '';
  return [
    statusOf(row),
    more + outcome.ms.toFixed(0),
    more + worstMs.toFixed(0) + (failures.length === 0 ? '' : ` (${failures.length} failed)`),
    loop?.longestMs.toFixed(0) ?? '',
    loop?.waitedMs.toFixed(0) ?? '',
    cpuMs.toFixed(0),
    (residentBytes / 1e6).toFixed(0),
  ];
}

function summary(title: string, rows: readonly Row[]): string {
  const single = rows.filter(({ outcome }) => outcome.status !== null && outcome.status >= 400);
  const refused = single.filter(({ outcome }) => outcome.code !== 'PLANNING_TIMEOUT');
  const most = (values: readonly number[]) => Math.max(0, ...values).toFixed(0);
  const killed = rows.filter(({ wasKilled }) => wasKilled).length;
  const failures = rows.reduce((sum, row) => sum + row.failures.length, 0);
  return [
    `${title}: worst ordinary answer ${most(rows.map(({ worstMs }) => worstMs))} ms, ordinary errors ${failures},`,
    ` process killed ${killed} times; slowest refusal ${most(refused.map(({ outcome }) => outcome.ms))} ms`,
    ` with ${most(refused.map(({ cpuMs }) => cpuMs))} ms of CPU.`,
  ].join('');
}

async function run(children: Children, folder: string): Promise<void> {
  const { values } = parseArgs({
    options: {
      gateway: { type: 'string', default: 'headgate,stock' },
      deadline: { type: 'string', default: '10' },
      unique: { type: 'string', default: '10000' },
      only: { type: 'string' },
      profile: { type: 'string' },
      heap: { type: 'string', default: '512' },
    },
  });
  const file = join(__dirname, 'hostile-subgraphs-process.js');
  const started = (['attackers', 'others'] as const).map((whose) =>
    new HelperProcess<HostileSubgraphsCommands>(children, file, null).ask('listen', whose),
  );
  const { sdl } = await composeSubgraphs((await Promise.all(started)).flat());
  await closeCompositionThread();
  const supergraphFile = join(folder, 'supergraph.graphql');
  writeFileSync(supergraphFile, sdl);
  const site = {
    children,
    folder,
    node: process.execPath,
    core: null,
    heapMb: Number(values.heap),
    watchesLoop: true,
    supergraphFile,
    subgraphsOrigin: '',
    ...(values.profile === undefined ? {} : { profileFolder: resolve(values.profile) }),
  };
  const load = loadavg()[0]?.toFixed(1);
  const results: { title: string; rows: readonly Row[] }[] = [];
  for (const { gateway, healthPath } of GATEWAYS) {
    if (!values.gateway.split(',').includes(gateway.id)) continue;
    const progress = (line: string) => process.stderr.write(`${gateway.id}: ${line}\n`);
    const options = {
      site,
      healthPath,
      progress,
      deadlineMs: Number(values.deadline) * 1_000,
      unique: Number(values.unique),
      only: values.only ?? null,
    };
    results.push({ title: gateway.title, rows: await runBattery(await gateway.prepare(children), options) });
  }
  const header = results.flatMap(({ title }) => [`${title}: answer`, ...COLUMNS.slice(1)]);
  const names = results[0]?.rows.map(({ name }) => name) ?? [];
  const rows = names.map((name, at) => [name, ...results.flatMap((one) => cells(one.rows[at]))]);
  const machine = `${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}, load average ${load} at the start.`;
  const lines = [
    machine,
    ...results.map((one) => summary(one.title, one.rows)),
    '',
    formatTable(['request', ...header], rows),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function main(): Promise<number> {
  const children = new Children();
  const folder = mkdtempSync(join(tmpdir(), 'headgate-hostile-'));
  process.once('exit', () => {
    children.killAll();
    rmSync(folder, { recursive: true, force: true });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  try {
    await run(children, folder);
    return 0;
  } catch (error) {
    process.stderr.write(`hostile: ${error instanceof Error ? error.stack : error}\n`);
    return 1;
  }
}

void main().then((code) => process.exit(code));
