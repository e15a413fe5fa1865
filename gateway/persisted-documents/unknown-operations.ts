import { createHash } from 'node:crypto';
import type { Call } from '../call';
import { announce, listened } from '../events';
import { KeptMap } from '../kept';
import { CLIENT_NAME } from '../vocabulary/client';
import { withoutLiterals } from '../without-literals';

/** The same operation is told of once in this time, and no more operations than these. */
const WINDOW_MS = 60_000;
const TOLD_MAX = 100;
const TEXT_CHARACTERS_MAX = 4_096;
const NAME_CHARACTERS_MAX = 256;

/** Tells of operations that no manifest has: so that somebody may add them before others are refused. */
export class UnknownOperations {
  readonly #told = new KeptMap<string, true>({ name: 'unknown operations', weigh: (_, hash) => 2 * hash.length });
  #windowMs = Number.NEGATIVE_INFINITY;
  #untold = 0;

  announce(
    text: string,
    operationName: string | null,
    call: Call,
    { isRefused, hidesLiterals }: { readonly isRefused: boolean; readonly hidesLiterals: boolean },
  ): void {
    if (!listened('persisted.unknown')) return;
    this.#begin();
    if (this.#told.size >= TOLD_MAX) {
      this.#untold += 1;
      return;
    }
    const hash = createHash('sha256').update(text).digest('hex');
    if (this.#told.has(hash)) return;
    this.#told.set(hash, true);
    announce('persisted.unknown', {
      id: call.id,
      hash,
      operationName: operationName?.slice(0, NAME_CHARACTERS_MAX) ?? null,
      clientName: call.facts.get(CLIENT_NAME)?.slice(0, NAME_CHARACTERS_MAX) ?? null,
      text: hidesLiterals ? withoutLiterals(text, TEXT_CHARACTERS_MAX) : text.slice(0, TEXT_CHARACTERS_MAX),
      isRefused,
      untold: this.#untold,
    });
    this.#untold = 0;
  }

  #begin(): void {
    const now = performance.now();
    if (now - this.#windowMs < WINDOW_MS) return;
    this.#windowMs = now;
    this.#told.clear();
  }
}
