import { type Events, subscribe } from '../events';
import type { AuditEntry } from './entry';

type Denied = Events['access.denied'];

export interface Clock {
  /** Milliseconds; never goes back. */
  now(): number;
}

/** Entries at once, and one more in so long: with 500 bytes each that is 22 MB a day at the most. */
const BURST = 200;
const EACH_MS = 2_000;
/** What is refused again in the same way is counted for so long, and told of once. */
const WINDOW_MS = 60_000;
const KINDS_MAX = 1_000;

interface Repeated {
  readonly first: Denied;
  count: number;
}

/**
 * Makes entries of refused access, so many that no client can fill a disk: the first of each kind (who, from where, what for) at once, those that
 * repeat it within a minute as a number, and what is beyond the rate as a number, too.
 */
export class DeniedAccess {
  readonly #write: (entry: AuditEntry) => void;
  readonly #clock: Clock;
  #kinds = new Map<string, Repeated>();
  #tokens = BURST;
  #filledAt: number;
  #unwritten = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(write: (entry: AuditEntry) => void, clock: Clock = performance) {
    this.#write = write;
    this.#clock = clock;
    this.#filledAt = clock.now();
  }

  add(denied: Denied): void {
    const { listener, address, actor, status } = denied;
    const kind = JSON.stringify([listener, address, actor, status]);
    const known = this.#kinds.get(kind);
    if (known !== undefined) known.count += 1;
    else if (this.#kinds.size >= KINDS_MAX || !this.#take()) this.#unwritten += 1;
    else {
      this.#kinds.set(kind, { first: denied, count: 0 });
      this.#write(entryOf(denied));
    }
    this.#timer ??= setTimeout(() => this.tell(), WINDOW_MS).unref();
  }

  /** Writes the numbers, and begins anew. Called once a minute while there are some, and at the end. */
  tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const kinds = this.#kinds;
    this.#kinds = new Map();
    for (const { first, count } of kinds.values()) {
      if (count === 0) continue;
      if (this.#take()) this.#write({ ...entryOf(first), request: null, after: { repeated: count } });
      else this.#unwritten += count;
    }
    if (this.#unwritten === 0) return;
    const target = { requests: this.#unwritten };
    this.#write({ action: 'access.unwritten', outcome: 'noted', actor: null, address: null, request: null, target });
    this.#unwritten = 0;
  }

  #take(): boolean {
    const nowMs = this.#clock.now();
    const filled = Math.floor((nowMs - this.#filledAt) / EACH_MS);
    this.#tokens = Math.min(BURST, this.#tokens + filled);
    this.#filledAt += filled * EACH_MS;
    if (this.#tokens === 0) return false;
    this.#tokens -= 1;
    return true;
  }
}

/** Writes refused access, as it is announced, until the returned function is called. */
export function writeDenied(write: (entry: AuditEntry) => void): () => void {
  const denied = new DeniedAccess(write);
  const stop = subscribe('access.denied', (event) => denied.add(event));
  return () => {
    stop();
    denied.tell();
  };
}

function entryOf({ listener, id, method, path, address, actor, status }: Denied): AuditEntry {
  const request = id === '' ? null : id;
  return { action: 'access', outcome: 'denied', actor, address, request, target: { listener, method, path }, status };
}
