/**
 * How throughput grows with `--workers`: `node dist/test/bench/worker-scaling.js [seconds] [workers …]`, with wrk.
 * `{ __typename }` is the gateway alone; `{ echo }` has a subgraph, whose process takes its share of the same cores.
 * `a connection each` shows what handing connections over costs. Prints Markdown. Rounds of one, two, … workers alternate, so that a busy machine is busy for all of them.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ECHO_SDL, startEchoSubgraph } from '../fixtures/echo-subgraph';
import { startHeadgate } from '../fixtures/headgate-process';
import { parseStat, readUsage } from './process-usage';
import { median } from './statistics';

const run = promisify(execFile);
const [seconds = '10', ...counts] = process.argv.slice(2);
const workerCounts = counts.length > 0 ? counts.map(Number) : [1, 2];
const ROUNDS = 3;
const CONNECTIONS = 32;
/** USER_HZ, which Linux fixes at 100 for /proc. */
const MS_PER_TICK = 10;
const LOADS = [
  { query: '{ __typename }', closing: false },
  { query: '{ __typename }', closing: true },
  { query: '{ echo }', closing: false },
] as const;
type Load = (typeof LOADS)[number];

interface Round {
  readonly requestsPerSecond: number;
  /** Of the gateway, all its processes. */
  readonly cpuMsPerRequest: number;
  /** The first process's part of it: with workers, the one that accepts connections. */
  readonly primaryShare: number;
}

async function measure(folder: string, workers: number, { query, closing }: Load): Promise<Round> {
  const headgate = await startHeadgate(['serve', '--workers', String(workers)], { cwd: folder });
  const script = join(folder, 'post.lua');
  const body = JSON.stringify({ query });
  const close = closing ? 'wrk.headers["connection"] = "close"\n' : '';
  writeFileSync(
    script,
    `${close}wrk.method = "POST"\nwrk.headers["content-type"] = "application/json"\nwrk.body = [[${body}]]\n`,
  );
  const load = (time: string) => run('wrk', ['-t1', `-c${CONNECTIONS}`, `-d${time}s`, '-s', script, headgate.graphql]);
  await load('2');
  const pid = headgate.child.pid ?? 0;
  const before = usageOf(pid);
  const { stdout } = await load(seconds);
  const after = usageOf(pid);
  await headgate.stop();
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(stdout);
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  return {
    requestsPerSecond: Number(/Requests\/sec: +([\d.]+)/.exec(stdout)?.[1]),
    cpuMsPerRequest: (after.cpuMs - before.cpuMs) / requests,
    primaryShare: (after.primaryMs - before.primaryMs) / (after.cpuMs - before.cpuMs),
  };
}

function usageOf(pid: number): { readonly cpuMs: number; readonly primaryMs: number } {
  const { ticks } = parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return { cpuMs: readUsage(pid).cpuMs, primaryMs: ticks * MS_PER_TICK };
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-scaling-'));
  const echo = await startEchoSubgraph('echo');
  writeFileSync(join(folder, 'echo.graphql'), ECHO_SDL);
  writeFileSync(
    join(folder, 'headgate.yaml'),
    `server: { listen: "127.0.0.1:0" }
log: { level: silent }
supergraph: { source: subgraphs, checkpoint: false }
subgraphs: { echo: { schema: { file: ./echo.graphql }, url: "${echo.url}" } }
`,
  );
  process.stdout.write(`${availableParallelism()} cores, Node ${process.version}, ${CONNECTIONS} connections, `);
  process.stdout.write(
    `median of ${ROUNDS} rounds of ${seconds} s\n\n| query | workers | requests/s | CPU ms/request | of it in the primary |\n|---|---|---|---|---|\n`,
  );
  for (const load of LOADS) {
    const { query, closing } = load;
    const rounds = new Map<number, Round[]>(workerCounts.map((workers) => [workers, []]));
    for (let round = 0; round < ROUNDS; round += 1)
      for (const [workers, measured] of rounds) measured.push(await measure(folder, workers, load));
    for (const [workers, measured] of rounds) {
      const rate = median(measured.map(({ requestsPerSecond }) => requestsPerSecond));
      const cpu = median(measured.map(({ cpuMsPerRequest }) => cpuMsPerRequest));
      const primary = median(measured.map(({ primaryShare }) => primaryShare * 100));
      const figures = `${rate.toFixed(0)} | ${cpu.toFixed(3)} | ${primary.toFixed(1)} %`;
      process.stdout.write(`| \`${query}\`${closing ? ', a connection each' : ''} | ${workers} | ${figures} |\n`);
    }
  }
  await echo.kill();
  rmSync(folder, { recursive: true, force: true });
}

void main();
