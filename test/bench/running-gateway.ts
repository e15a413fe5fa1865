import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Children } from './children';
import { pinned } from './cores';
import type { GatewayCommand, PreparedGateway, Stand } from './gateways/gateway';
import { LOOP_DELAY_FILE } from './loop-delay';
import { LoopWatch } from './loop-watch';

const START_DEADLINE_MS = 30_000;
const ANSWER_DEADLINE_MS = 10_000;
const POLL_MS = 50;
const LONGEST_REASON = 600;

/** Where gateways of this run are started. */
export interface Site extends Pick<Stand, 'supergraphFile' | 'subgraphsOrigin'> {
  readonly children: Children;
  /** The Node.js that runs them. */
  readonly node: string;
  readonly core: number | null;
  /** Megabytes of its heap; absent: what Node.js chooses. */
  readonly heapMb?: number;
  /** A folder that the run deletes when it ends. */
  readonly folder: string;
  /** Whether its event loop is watched, see {@link RunningGateway.loop}. */
  readonly watchesLoop?: boolean;
  /** Where a gateway leaves its CPU profile when it ends in order. */
  readonly profileFolder?: string;
}

/** A gateway process that answers. */
export interface RunningGateway {
  readonly pid: number;
  readonly port: number;
  readonly path: string;
  /** What clients send with each request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Posts one GraphQL request; throws when there is no answer with status 200. */
  ask(body: string): Promise<string>;
  /** Null unless it is watched. */
  readonly loop: LoopWatch | null;
  stop(): Promise<void>;
}

/** Starts a gateway on a free port and resolves when it answers; throws with the reason in its log when it does not. */
export async function startGateway(gateway: PreparedGateway, site: Site, forward: boolean): Promise<RunningGateway> {
  const folder = mkdtempSync(join(site.folder, 'gateway-'));
  const { supergraphFile, subgraphsOrigin } = site;
  const port = await findFreePort();
  const command = gateway.command({ port, supergraphFile, subgraphsOrigin, folder, forwardAuthorization: forward });
  const { path, headers = {} } = command;
  const log = join(folder, 'log');
  const loopFile = join(folder, 'loop-delay');
  const child = spawnLogging(
    pinned(site.core, [...runner(command, site), ...command.args]),
    log,
    { ...command.env, [LOOP_DELAY_FILE]: loopFile },
    site,
  );
  const url = `http://127.0.0.1:${port}${path}`;
  const stop = () => site.children.stop(child);
  try {
    await untilAnswering(url, headers, child);
  } catch (error) {
    await stop();
    const reason = findReason(readFileSync(log, 'utf8'));
    throw new Error(`${error instanceof Error ? error.message : error}: ${reason}`);
  }
  const pid = child.pid ?? 0;
  const loop = site.watchesLoop ? new LoopWatch(pid, loopFile) : null;
  return { pid, port, path, headers, ask: (body) => post(url, body, headers), loop, stop };
}

function runner({ program }: GatewayCommand, site: Site): string[] {
  return program === undefined ? [site.node, ...heap(site), ...watching(site), ...profiling(site)] : [program];
}

function heap({ heapMb }: Site): string[] {
  return heapMb === undefined ? [] : [`--max-old-space-size=${heapMb}`];
}

function watching({ watchesLoop }: Site): string[] {
  return watchesLoop ? ['--require', LoopWatch.PRELOAD] : [];
}

function profiling({ profileFolder }: Site): string[] {
  return profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`];
}

/** The first line of a log that speaks of an error, else the last one. */
export function findReason(log: string): string {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  const reason = lines.find((line) => /\berror\b|Error:/i.test(line)) ?? lines.at(-1) ?? 'it logged nothing';
  return reason.trim().slice(0, LONGEST_REASON);
}

/** Its output goes to a file: a pipe would have to be read here, on the core that is measured. */
function spawnLogging(command: readonly string[], log: string, env: Record<string, string>, site: Site): ChildProcess {
  const file = openSync(log, 'a');
  try {
    const ownEnv = { ...process.env, NODE_ENV: 'production', NO_COLOR: '1', ...env };
    return site.children.start(command, { cwd: site.folder, env: ownEnv, stdio: ['ignore', file, file] });
  } finally {
    closeSync(file);
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

async function untilAnswering(url: string, headers: RunningGateway['headers'], child: ChildProcess): Promise<void> {
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  child.once('exit', (code, signal) => {
    failure = new Error(`ended while starting (${signal ?? code})`);
  });
  const deadline = performance.now() + START_DEADLINE_MS;
  let refusal = 'no connection';
  while (performance.now() < deadline) {
    if (failure !== undefined) throw failure;
    try {
      await post(url, '{"query":"{__typename}"}', headers);
      return;
    } catch (error) {
      refusal = String(error);
    }
    await pause(POLL_MS);
  }
  throw new Error(`does not answer within ${START_DEADLINE_MS / 1000} s (${refusal})`);
}

async function post(url: string, body: string, own: RunningGateway['headers']): Promise<string> {
  const headers = {
    ...own,
    'content-type': 'application/json',
    accept: 'application/json',
    'accept-encoding': 'identity',
  };
  const signal = AbortSignal.timeout(ANSWER_DEADLINE_MS);
  const response = await fetch(url, { method: 'POST', headers, body, signal });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`HTTP ${response.status}: ${text.slice(0, 200)}`);
  return text;
}
