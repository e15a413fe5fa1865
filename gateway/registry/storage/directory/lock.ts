import { randomBytes } from 'node:crypto';
import { link, mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createConnection, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HeadgateError } from '../../../errors';
import { systemCode } from './system-code';

export interface DirectoryLock {
  release(): Promise<void>;
}

/** Bytes of a socket's path that every system takes (macOS: 104 with the final zero). */
const SOCKET_PATH_BYTES_MAX = 100;
const ATTEMPTS_MAX = 20;
const NUMBERED = /^[1-9]\d{0,14}$/;

/**
 * Makes this process the only user of `directory` until released, or until it dies: the lock is a listening Unix
 * socket, which the kernel closes with its process, so a killed holder never blocks the next one and a process id used
 * again never looks like a holder. It works across containers that share a volume, where process ids mean nothing.
 *
 * The sockets in `lock/` are numbered and the holder is the listener with the highest number. To acquire is to link the
 * next number, which only one process can; nobody removes the highest one, so two processes that find a dead holder
 * at the same time cannot both succeed.
 * @throws {HeadgateError} REGISTRY_LOCKED
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const folder = join(directory, 'lock');
  await mkdir(folder, { recursive: true });
  const short = await shortPath(folder);
  const name = `${process.pid}-${randomBytes(6).toString('hex')}.new`;
  const server = await listen(join(short.path, name));
  try {
    const number = await acquire(directory, folder, short.path, name);
    await removeDead(folder, short.path, number);
    return { release: () => release(folder, number, server) };
  } catch (error) {
    await closeServer(server);
    throw error;
  } finally {
    await rm(join(folder, name), { force: true });
    await short.remove();
  }
}

async function acquire(directory: string, folder: string, short: string, name: string): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const highest = await highestNumber(folder);
    if (highest > 0 && (await isListening(join(short, String(highest))))) break;
    const mine = highest + 1;
    const linked = await linkOnce(join(folder, name), join(folder, String(mine)));
    if (!linked) continue;
    // Somebody may have gone past this number since it was read, and have removed what was below theirs.
    if ((await highestNumber(folder)) === mine) return mine;
    await rm(join(folder, String(mine)), { force: true });
  }
  throw new HeadgateError(
    'REGISTRY_LOCKED',
    `another process uses the registry in ${directory}; stop it, or give this one its own directory`,
  );
}

async function highestNumber(folder: string): Promise<number> {
  const numbers = (await readdir(folder)).filter((name) => NUMBERED.test(name)).map(Number);
  return Math.max(0, ...numbers);
}

/** False when the target exists already. */
async function linkOnce(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Lower numbers, and sockets of processes that died before they were linked. */
async function removeDead(folder: string, short: string, mine: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const below = NUMBERED.test(name) && Number(name) < mine;
    const abandoned = name.endsWith('.new') && !(await isListening(join(short, name)));
    const released = name.endsWith('.released');
    if (below || abandoned || released) await rm(join(folder, name), { force: true });
  }
}

/**
 * Leaves a plain empty file in place of the socket, which archive tools copy without complaint. If that fails, the dead
 * socket means the same.
 */
async function release(folder: string, number: number, server: Server): Promise<void> {
  const plain = join(folder, `${process.pid}-${number}.released`);
  await writeFile(plain, '')
    .then(() => rename(plain, join(folder, String(number))))
    .catch(() => rm(plain, { force: true }));
  await closeServer(server);
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error) => {
      reject(
        new HeadgateError('REGISTRY_LOCKED', `cannot create the lock of the registry: ${error.message}`, {
          cause: error,
        }),
      );
    });
    // Exclusive: in a cluster, the worker itself must hold it, not the primary.
    server.listen({ path, exclusive: true }, () => {
      server.unref();
      resolve(server);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

/** Whether a living process listens; when it cannot be told, it counts as living. */
function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error) => {
      const code = systemCode(error);
      resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT' && code !== 'ENOTSOCK');
    });
  });
}

/** The folder under a name short enough for a socket's path: itself, or a link to it. */
async function shortPath(folder: string): Promise<{ path: string; remove: () => Promise<void> }> {
  if (Buffer.byteLength(folder) + 40 <= SOCKET_PATH_BYTES_MAX) return { path: folder, remove: async () => undefined };
  const temporary = await mkdtemp(join(tmpdir(), 'hg-'));
  const path = join(temporary, 'l');
  await symlink(folder, path);
  return { path, remove: () => rm(temporary, { recursive: true, force: true }) };
}
