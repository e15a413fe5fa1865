import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Which core each part of the bench runs on; null where nothing is pinned. */
export interface Cores {
  readonly gateway: number | null;
  readonly load: number | null;
  readonly subgraphs: number | null;
}

const UNPINNED: Cores = { gateway: null, load: null, subgraphs: null };

/** `0-1,4` to `[0, 1, 4]`. */
export function parseCpuList(text: string): number[] {
  const ranges = [...text.matchAll(/(\d+)(?:-(\d+))?/g)];
  return ranges.flatMap(([, from, to = from]) => {
    const [first, last] = [Number(from), Number(to)];
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

/** The gateway has a core for itself as soon as there are two; the load and the subgraphs share until there are three. */
export function assignCores(allowed: readonly number[]): Cores {
  const [gateway, load, subgraphs = load] = allowed;
  if (gateway === undefined || load === undefined || subgraphs === undefined) return UNPINNED;
  return { gateway, load, subgraphs };
}

/** Cores of this machine; unpinned when there is only one, or no `taskset`. */
export function findCores(): Cores {
  if (spawnSync('taskset', ['--version']).error !== undefined) return UNPINNED;
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return assignCores(parseCpuList(list ?? ''));
}

/** The command, kept on a core. */
export function pinned(core: number | null, command: readonly string[]): readonly string[] {
  return core === null ? command : ['taskset', '-c', String(core), ...command];
}
