import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { HeadgateError } from '../errors';
import { announce } from '../events';

/** Wrong tokens of one address in a minute that are answered at once: somebody who mistypes. */
const FREE = 5;
/** What each further one waits. */
const DELAY_MS = 1_000;
/** Answers that wait at the same time; those beyond are given at once, so that waiting takes no more connections. */
const WAITING_MAX = 100;
const WINDOW_MS = 60_000;
const ADDRESSES_MAX = 10_000;
/** While more come, that is announced once in so long for each address. */
const BETWEEN_ANNOUNCEMENTS_MS = 1_000;

/** A bearer token was given, and it is nobody's. */
export class WrongToken extends HeadgateError {
  constructor() {
    super('UNAUTHORIZED', 'the token is wrong: it is neither admin.token nor one of admin.keys of this gateway');
  }
}

interface Guesses {
  count: number;
  /** Of those announced. */
  announced: number;
  announcedAtMs: number;
}

/** Counts wrong tokens by address, announces them, and lets those who guess wait. */
export class WrongTokens {
  readonly #byAddress = new LRUCache<string, Guesses>({ max: ADDRESSES_MAX, ttl: WINDOW_MS });
  readonly #delayMs: number;
  #waiting = 0;

  constructor(delayMs = DELAY_MS) {
    this.#delayMs = delayMs;
  }

  /** Always rejects, with `error`. */
  async refuse(address: string, error: WrongToken): Promise<never> {
    const guesses = this.#byAddress.get(address) ?? { count: 0, announced: 0, announcedAtMs: Number.NEGATIVE_INFINITY };
    guesses.count += 1;
    this.#byAddress.set(address, guesses);
    this.#announce(address, guesses);
    if (guesses.count > FREE && this.#waiting < WAITING_MAX) await this.#wait();
    throw error;
  }

  #announce(address: string, guesses: Guesses): void {
    const nowMs = performance.now();
    if (nowMs - guesses.announcedAtMs < BETWEEN_ANNOUNCEMENTS_MS) return;
    announce('admin.refused', { address, count: guesses.count - guesses.announced });
    guesses.announced = guesses.count;
    guesses.announcedAtMs = nowMs;
  }

  async #wait(): Promise<void> {
    this.#waiting += 1;
    try {
      await sleep(this.#delayMs, undefined, { ref: false });
    } finally {
      this.#waiting -= 1;
    }
  }
}
