import { lstatSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';

/**
 * Removes the socket of a process that is gone: one whose process died is still there, and nobody else can listen at its place.
 * @returns false where there is none: something else stands there, or somebody listens
 */
export async function removeStale(path: string): Promise<boolean> {
  try {
    if (!lstatSync(path).isSocket() || (await answers(path))) return false;
    unlinkSync(path);
    return true;
  } catch {
    return false;
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', () => settle(true));
    // One who has no time to accept now listens all the same.
    socket.once('error', ({ code }: NodeJS.ErrnoException) => settle(code !== 'ECONNREFUSED'));
  });
}
