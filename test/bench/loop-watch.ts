import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 10;
const DEADLINE_MS = 10_000;

/** What a gateway's event loop did since it was looked at last. */
export interface LoopTimes {
  /** The longest time in which it did one thing, or waited for a core while it did. */
  readonly longestMs: number;
  /** Altogether, that its thread was ready to run and had no core. */
  readonly waitedMs: number;
}

/** Nanoseconds that the main thread of a process waited for a core, from /proc/PID/schedstat. */
export function parseWait(schedstat: string): number {
  return Number(schedstat.split(' ')[1] ?? 0);
}

/** Looks at the loop of a gateway that has `loop-delay.js` in it. */
export class LoopWatch {
  /** To be loaded by the gateway. */
  static readonly PRELOAD = join(__dirname, 'loop-delay.js');
  readonly #pid: number;
  readonly #file: string;
  #waitedNs: number;

  /** @param file which the gateway writes */
  constructor(pid: number, file: string) {
    this.#pid = pid;
    this.#file = file;
    this.#waitedNs = this.#wait();
  }

  /** Null when the gateway does not tell in time. */
  async take(): Promise<LoopTimes | null> {
    const before = this.#waitedNs;
    this.#waitedNs = this.#wait();
    const waitedMs = (this.#waitedNs - before) / 1e6;
    rmSync(this.#file, { force: true });
    process.kill(this.#pid, 'SIGUSR2');
    for (let waited = 0; waited < DEADLINE_MS; waited += POLL_MS) {
      if (existsSync(this.#file)) return { longestMs: Number(readFileSync(this.#file, 'utf8')), waitedMs };
      await pause(POLL_MS);
    }
    return null;
  }

  #wait(): number {
    return parseWait(readFileSync(`/proc/${this.#pid}/schedstat`, 'utf8'));
  }
}
