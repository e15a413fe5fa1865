import { type BigIntStats, type FSWatcher, statSync, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { announce } from '../events';

export interface FileWatch {
  close(): void;
}

/** Editors and kubelets do several steps for one change: one look after the last of them. */
const SETTLE_MS = 100;
/** File systems of networks and containers report nothing: a look every so often finds what they keep silent about. */
const POLL_MS = 2000;

/**
 * Calls back when the content of a file was replaced: written in place, renamed over, or reached through a symbolic
 * link that now leads elsewhere. A file that is gone is no change; one that comes back is. Calls never overlap; one
 * that fails is announced as `internal.error`.
 * @param files absolute paths; need not exist
 */
export function watchFiles(
  files: readonly string[],
  onChange: (changed: readonly string[]) => void | Promise<void>,
): FileWatch {
  const known = new Map(files.map((file) => [file, signatureNow(file)]));
  let closed = false;
  let looking = false;
  let lookAgain = false;
  let settle: NodeJS.Timeout | undefined;

  const look = async () => {
    if (looking) {
      lookAgain = true;
      return;
    }
    looking = true;
    do {
      lookAgain = false;
      const changed = await changedFiles(known);
      if (changed.length > 0 && !closed) await tell(onChange, changed);
    } while (lookAgain && !closed);
    looking = false;
  };
  const lookSoon = () => {
    clearTimeout(settle);
    settle = setTimeout(look, SETTLE_MS).unref();
  };
  const watchers = watchFolders(new Set(files.map((file) => dirname(file))), lookSoon);
  const poll = setInterval(look, POLL_MS).unref();

  return {
    close() {
      closed = true;
      clearTimeout(settle);
      clearInterval(poll);
      for (const watcher of watchers) watcher.close();
    },
  };
}

/** Folders, not files: a file that is replaced takes its own watch along. */
function watchFolders(folders: Iterable<string>, onEvent: () => void): FSWatcher[] {
  const watchers: FSWatcher[] = [];
  for (const folder of folders) {
    try {
      const watcher = watch(folder, { persistent: false }, onEvent);
      // A folder that goes away: the poll goes on.
      watcher.on('error', () => watcher.close());
      watchers.push(watcher);
    } catch {
      // No such folder, or no watches left: the poll sees to it.
    }
  }
  return watchers;
}

/** Compares with what was known, and remembers what is new. */
async function changedFiles(known: Map<string, string | null>): Promise<string[]> {
  const changed: string[] = [];
  for (const [file, before] of known) {
    const now = await signature(file);
    if (now === null || now === before) continue;
    known.set(file, now);
    changed.push(file);
  }
  return changed;
}

async function tell(
  onChange: (changed: readonly string[]) => void | Promise<void>,
  changed: readonly string[],
): Promise<void> {
  try {
    await onChange(changed);
  } catch (error) {
    announce('internal.error', { where: 'watch-files', error });
  }
}

function signatureNow(file: string): string | null {
  try {
    return write(statSync(file, { bigint: true }));
  } catch {
    return null;
  }
}

async function signature(file: string): Promise<string | null> {
  try {
    return write(await stat(file, { bigint: true }));
  } catch {
    return null;
  }
}

function write({ dev, ino, size, mtimeNs }: BigIntStats): string {
  return `${dev}:${ino}:${size}:${mtimeNs}`;
}
