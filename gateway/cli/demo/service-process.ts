import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { HeadgateError } from '../../errors';

/** One running process of an example service. */
export interface ServiceProcess {
  readonly instance: string;
  readonly url: string;
  readonly pid: number;
  /** Resolves when the process is gone, with how: `exit code 0`, `signal SIGKILL`. */
  readonly ended: Promise<string>;
  /** SIGTERM, then SIGKILL to whoever is left after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

export interface ServiceStart {
  /** Folder under subgraphs/. */
  readonly service: string;
  readonly instance: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** Milliseconds until it must listen. */
  readonly deadlineMs: number;
}

const COMPLAINT_CHARACTERS_MAX = 2_000;

/**
 * Starts subgraphs/<service>/main.js and waits until it listens. The process ends with this one, whatever happens to it.
 * @throws {HeadgateError} SUBGRAPH_UNREACHABLE: it ended or hung before it listened; nothing is left running
 */
export async function startService({ service, instance, port, deadlineMs }: ServiceStart): Promise<ServiceProcess> {
  const child = spawn(
    process.execPath,
    [serviceFile(service), '--port', String(port), '--instance', instance, '--exit-with-parent'],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  const ended = endOf(child);
  const complaint = collectComplaint(child);
  const late = new AbortController();
  try {
    const url = await Promise.race([
      listeningUrl(child),
      ended.then((how) => refuse(`${instance} ended before it listened (${how}): ${complaint()}`)),
      sleep(deadlineMs, undefined, { signal: late.signal }).then(() =>
        refuse(`${instance} did not listen within ${deadlineMs} ms: ${complaint()}`),
      ),
    ]);
    child.stderr?.pipe(process.stderr, { end: false });
    // It listens, so it was spawned and has a pid.
    return { instance, url, pid: child.pid as number, ended, stop: (graceMs) => stopProcess(child, ended, graceMs) };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    late.abort();
  }
}

/** What `node` runs for a service. */
export function serviceFile(service: string): string {
  return join(__dirname, '..', '..', '..', 'subgraphs', service, 'main.js');
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    // Not `exit`: what the process said last is read by then.
    child.once('close', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
    child.once('error', (error) => resolve(error.message));
  });
}

function listeningUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    if (child.stdout === null) return;
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => {
      const url = / listening on (http:\S+)$/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}

/** The beginning of what the process says on stderr. */
function collectComplaint(child: ChildProcess): () => string {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(0, COMPLAINT_CHARACTERS_MAX);
  });
  return () => said.trim() || 'it said nothing';
}

async function stopProcess(child: ChildProcess, ended: Promise<string>, graceMs: number): Promise<void> {
  child.kill('SIGTERM');
  const late = new AbortController();
  const kill = sleep(graceMs, undefined, { signal: late.signal }).then(
    () => child.kill('SIGKILL'),
    () => undefined,
  );
  await ended;
  late.abort();
  await kill;
}

function refuse(message: string): never {
  throw new HeadgateError('SUBGRAPH_UNREACHABLE', message);
}
