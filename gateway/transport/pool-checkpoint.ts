import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { announce } from '../events';
import { codeOf } from '../supergraph/thrown';
import { notKept, writeFileAtomically } from '../supergraph/write-file';
import { type PoolRecord, poolRecordShape } from './pool-record';

/** Knowledge that a process leaves to the one after it, so that this one can answer before anybody told it anything. */
export interface PoolCheckpoint {
  readonly pools: readonly PoolRecord[];
  /** The registry's; whoever reads it checks it. */
  readonly leases: unknown;
}

const NOTHING: PoolCheckpoint = { pools: [], leases: [] };
const WRITE_MS = 10_000;
/** The first is written soon: a process that is killed young has a successor too. */
const FIRST_WRITE_MS = 1000;
const HEADER = /^headgate endpoints sha256=([0-9a-f]{64})\n/;

const shape = z.object({ pools: z.array(poolRecordShape).max(10_000), leases: z.unknown() });

/** Reads what is kept at `path`; nothing when there is no file. One that is torn, altered or unreadable is announced. */
export async function readPoolCheckpoint(path: string): Promise<PoolCheckpoint> {
  try {
    const text = await readFile(path, 'utf8');
    const header = HEADER.exec(text);
    const body = text.slice(header?.[0].length);
    if (header?.[1] !== checksum(body)) throw new Error('it is torn or was altered: its checksum does not match');
    return shape.parse(JSON.parse(body));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return NOTHING;
    const message = error instanceof Error ? error.message : String(error);
    announce('config.notice', { message: `the checkpoint of endpoints ${path} is not used: ${message}` });
    return NOTHING;
  }
}

/** Writes what `take` gives to `path` every ten seconds when it differs, and once more when closed. */
export function keepPoolCheckpoint(path: string, take: () => PoolCheckpoint): { close(): Promise<void> } {
  let written = '';
  /** Why it could not be written last: said once. */
  let unkept: string | null = null;
  let writing = Promise.resolve();
  const write = async () => {
    try {
      const body = JSON.stringify(take());
      if (body === written) return;
      await writeFileAtomically(path, `headgate endpoints sha256=${checksum(body)}\n${body}`);
      written = body;
      unkept = null;
    } catch (error) {
      const code = codeOf(error);
      if (code === undefined) announce('internal.error', { where: `checkpoint ${path}`, error });
      else if (code !== unkept) announce('config.notice', { message: notKept('discovery.checkpoint', path, code) });
      unkept = code ?? null;
    }
  };
  const enqueue = () => {
    writing = writing.then(write);
  };
  const first = setTimeout(enqueue, FIRST_WRITE_MS).unref();
  const timer = setInterval(enqueue, WRITE_MS).unref();
  return {
    async close() {
      clearTimeout(first);
      clearInterval(timer);
      enqueue();
      await writing;
    },
  };
}

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
