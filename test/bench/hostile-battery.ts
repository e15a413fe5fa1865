import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { attack, type Outcome } from '../fixtures/hostile/attack';
import { CONNECTION_BARRAGES } from '../fixtures/hostile/barrages';
import { COMBINATION_BARRAGES } from '../fixtures/hostile/combinations';
import { type HostileFlood, hostileFloods } from '../fixtures/hostile/floods';
import { type HostileRequest, hostileRequests, ORDINARY, uniqueQuery } from '../fixtures/hostile/requests';
import type { Children } from './children';
import type { PreparedGateway } from './gateways/gateway';
import { HelperProcess } from './helper-process';
import type { LoopTimes } from './loop-watch';
import { readUsage } from './process-usage';
import { type RunningGateway, type Site, startGateway } from './running-gateway';
import type { WatchCommands } from './watch-process';

/** What one hostile request did to a gateway. */
export interface Row {
  readonly name: string;
  readonly outcome: Outcome;
  /** The slowest answer to the ordinary client or the health check meanwhile. */
  readonly worstMs: number;
  /** Ordinary answers that were wrong or did not come. */
  readonly failures: readonly string[];
  /** Of the whole process, the ordinary client's share included. */
  readonly cpuMs: number;
  /** Null when it did not tell. */
  readonly loop: LoopTimes | null;
  readonly residentBytes: number;
  /** No answer by the deadline: the process was killed, and the next request met a new one. */
  readonly wasKilled: boolean;
}

export interface BatteryOptions {
  readonly site: Site;
  /** Path of a health check; null asks `{__typename}` of the GraphQL endpoint, as Apollo recommends. */
  readonly healthPath: string | null;
  /** Milliseconds that one hostile request may take. */
  readonly deadlineMs: number;
  /** Operations that nobody asked before. */
  readonly unique: number;
  /** Rows whose name has this in it; null: all. */
  readonly only: string | null;
  readonly progress: (line: string) => void;
}

const ORDINARY_DEADLINE_MS = 60_000;
const BETWEEN_ASKS_MS = 5;
const SETTLE_MS = 100;
const UNIQUE_AT_ONCE = 8;

function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes ?? 0) * 1024;
}

/** A gateway, and an ordinary client that asks it all the time. */
class Target {
  readonly #gateway: RunningGateway;
  readonly #watch: HelperProcess<WatchCommands>;
  readonly url: string;

  private constructor(gateway: RunningGateway, watch: HelperProcess<WatchCommands>, url: string) {
    this.#gateway = gateway;
    this.#watch = watch;
    this.url = url;
  }

  static async of(gateway: RunningGateway, healthPath: string | null, children: Children): Promise<Target> {
    const origin = `http://127.0.0.1:${gateway.port}`;
    const url = origin + gateway.path;
    const healthUrl = healthPath === null ? `${url}?query=%7B__typename%7D` : origin + healthPath;
    const watch = new HelperProcess<WatchCommands>(children, join(__dirname, 'watch-process.js'), null);
    await watch.ask('start', { url, healthUrl, deadlineMs: ORDINARY_DEADLINE_MS, pauseMs: BETWEEN_ASKS_MS });
    return new Target(gateway, watch, url);
  }

  async measure(name: string, act: () => Promise<Outcome>): Promise<Row> {
    // Before the pause: its first tick only tells from where to measure.
    await this.#gateway.loop?.take();
    await pause(SETTLE_MS);
    await this.#watch.ask('take', null);
    const { cpuMs: before } = readUsage(this.#gateway.pid);
    const outcome = await act();
    await pause(SETTLE_MS);
    const { worstMs, failures } = await this.#watch.ask('take', null);
    const cpuMs = readUsage(this.#gateway.pid).cpuMs - before;
    const wasKilled = outcome.status === null;
    const loop = wasKilled ? null : ((await this.#gateway.loop?.take()) ?? null);
    const resident = residentBytes(this.#gateway.pid);
    return { name, outcome, worstMs, failures, cpuMs, loop, residentBytes: resident, wasKilled };
  }

  async stop(): Promise<void> {
    // First: a client that waits for a stuck process would wait for long.
    await this.#gateway.stop();
    await this.#watch.ask('stop', null);
    await this.#watch.stop();
  }
}

async function askUnique(url: string, count: number, deadlineMs: number): Promise<Outcome> {
  const begun = performance.now();
  let next = 0;
  let unanswered = 0;
  const ask = async () => {
    while (next < count && performance.now() - begun < deadlineMs) {
      const body = Buffer.from(JSON.stringify({ query: uniqueQuery(next++) }));
      const { status } = await attack(url, { name: 'unique', body }, deadlineMs);
      if (status !== 200) unanswered++;
    }
  };
  await Promise.all(Array.from({ length: UNIQUE_AT_ONCE }, ask));
  const missing = unanswered + count - next;
  return { status: 200, code: missing === 0 ? null : `${missing} not answered`, ms: performance.now() - begun };
}

async function askAll(url: string, requests: readonly HostileRequest[], deadlineMs: number): Promise<Outcome> {
  const begun = performance.now();
  const outcomes = await Promise.all(requests.map((request) => attack(url, request, deadlineMs)));
  const lost = outcomes.filter(({ status }) => status === null).length;
  const code = lost === 0 ? null : `${lost} without an answer`;
  return { status: lost === 0 ? 200 : null, code, ms: performance.now() - begun };
}

/** How many were answered, and how: the status is null when the gateway did not survive it. */
async function askFlood(url: string, { count, atOnce, request }: HostileFlood, deadlineMs: number): Promise<Outcome> {
  const begun = performance.now();
  const outcomes = new Map<string, number>();
  let lost = 0;
  let next = 0;
  const ask = async () => {
    while (next < count) {
      const { status, code } = await attack(url, request(next++), deadlineMs);
      if (status === null) lost++;
      const outcome = code === null ? String(status) : `${status} ${code}`;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, ask));
  const code = [...outcomes].map(([outcome, times]) => `${times} x ${outcome}`).join(', ');
  return { status: lost === 0 ? 200 : null, code, ms: performance.now() - begun };
}

/** Sends every hostile request to a gateway, one after another and then all at once, and many operations of its own. */
export async function runBattery(gateway: PreparedGateway, options: BatteryOptions): Promise<readonly Row[]> {
  const { site, healthPath, deadlineMs, unique, only, progress } = options;
  const start = async () => {
    const running = await startGateway(gateway, site, false);
    // As with a gateway that runs: what clients ask all the time has been planned.
    await running.ask(JSON.stringify({ query: ORDINARY.query }));
    return Target.of(running, healthPath, site.children);
  };
  let target = await start();
  const rows: Row[] = [];
  const measure = async (name: string, act: (url: string) => Promise<Outcome>) => {
    if (only !== null && !name.includes(only)) return;
    const row = await target.measure(name, () => act(target.url));
    rows.push(row);
    progress(`${name}: ${row.outcome.status} ${row.outcome.code} ${row.outcome.ms.toFixed(0)} ms`);
    if (!row.wasKilled) return;
    await target.stop();
    target = await start();
  };
  const requests = hostileRequests();
  try {
    for (const request of requests) await measure(request.name, (url) => attack(url, request, deadlineMs));
    for (const { name, act } of [...COMBINATION_BARRAGES, ...CONNECTION_BARRAGES])
      await measure(name, (url) => act(url, deadlineMs * 2));
    for (const flood of hostileFloods()) await measure(flood.name, (url) => askFlood(url, flood, deadlineMs * 6));
    await measure('all of these at once', (url) => askAll(url, requests, deadlineMs * 6));
    await measure(`${unique} operations, each new`, (url) => askUnique(url, unique, deadlineMs * 12));
  } finally {
    await target.stop();
  }
  return rows;
}
