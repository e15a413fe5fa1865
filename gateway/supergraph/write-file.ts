import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf } from './thrown';

let writes = 0;
/** Paths whose folder was looked through once: what this process leaves behind, it removes itself. */
const cleaned = new Set<string>();

/** Says that a checkpoint cannot be written. @param code of the system call that failed */
export function notKept(key: string, path: string, code: string): string {
  return `${key}: ${path} cannot be written (${code}), so the next start has nothing to fall back on; make its folder writable, name another path, or set it to false`;
}

/** Removes what processes that were killed had half written beside `path`. */
async function removeLeftOver(path: string): Promise<void> {
  cleaned.add(path);
  const start = `${basename(path)}.`;
  for (const name of await readdir(dirname(path))) {
    const [, pid] = /^(\d+)-\d+\.tmp$/.exec(name.startsWith(start) ? name.slice(start.length) : '') ?? [];
    if (pid !== undefined && !isAnother(Number(pid))) await rm(join(dirname(path), name), { force: true });
  }
}

/** Whether it is a living process other than this one: in a container every process before had the same number. */
function isAnother(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/**
 * Replaces a file so that whoever reads it, also after a crash or a power cut, finds the old text or the new one and
 * never a part. Creates the folder.
 */
export async function writeFileAtomically(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  if (!cleaned.has(path)) await removeLeftOver(path);
  writes += 1;
  const temporary = `${path}.${process.pid}-${writes}.tmp`;
  try {
    await writeAndSync(temporary, text);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

async function writeAndSync(path: string, text: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the new name itself durable. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
