import { readFileSync } from 'node:fs';

/** For connections to subgraphs, files and threads; clients get three quarters of what is left. */
const RESERVED = 64;
const CLIENTS_SHARE = 0.75;
const CLIENTS_MIN = 8;

/** Files and sockets that this process may have open; Infinity where the system does not tell. */
function descriptorsMax(): number {
  try {
    const [, max = ''] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return max === '' ? Number.POSITIVE_INFINITY : Number(max);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Connections of clients that leave descriptors for everything else. @param descriptors that the process may have open */
export function clientsMax(descriptors: number = descriptorsMax()): number {
  return Math.max(CLIENTS_MIN, Math.floor((descriptors - RESERVED) * CLIENTS_SHARE));
}
