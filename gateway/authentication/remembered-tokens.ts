import { hash } from 'node:crypto';
import { type Cancellation, CancellationSource } from '../cancellation';
import { InFlight } from '../in-flight';
import { KeptMap } from '../kept';
import type { Soon } from '../layers';

/** What a token has turned out to be. */
export interface Remembered<T> {
  readonly value: T;
  /** Milliseconds since 1970; from then on it has to be found out anew. */
  readonly until: number;
  /** Bytes in memory, about. */
  readonly bytes: number;
}

/** Base64url and without a way back: what a token is known by. */
export function tokenHash(token: string): string {
  return hash('sha256', token, 'base64url');
}

/** Tokens that were judged a short while ago, by their hash: no token is kept. Whoever asks for one that is being judged waits for that. */
export class RememberedTokens<T> {
  readonly #known: KeptMap<string, Remembered<T>>;
  readonly #inFlight = new InFlight<T>();
  readonly #now: () => number;

  /** @param name of the kind, for the numbers @param now milliseconds since 1970 */
  constructor(name: string, now: () => number) {
    this.#known = new KeptMap({ name, weigh: ({ bytes }, key) => bytes + key.length });
    this.#now = now;
  }

  /** Undefined: it has to be judged. @param isValid false: what is known of it counts no longer */
  get(hash: string, isValid: (value: T) => boolean): T | undefined {
    const found = this.#known.get(hash);
    if (found === undefined) return undefined;
    if (this.#now() < found.until && isValid(found.value)) return found.value;
    this.#known.delete(hash);
    return undefined;
  }

  /**
   * Judges a token once, however many ask.
   * @param gone of the one who asks
   * @throws what `judge` throws, or the reason of `gone`
   */
  judge(hash: string, gone: Cancellation, judge: (gone: Cancellation) => Promise<Remembered<T>>): Soon<T> {
    const running = this.#inFlight.find(hash);
    if (running !== undefined) return this.#inFlight.join(running, gone);
    return this.#inFlight.begin(hash, new CancellationSource(), gone, async (own) => {
      const judged = await judge(own);
      if (judged.until > this.#now()) this.#known.set(hash, judged);
      return judged.value;
    });
  }
}
