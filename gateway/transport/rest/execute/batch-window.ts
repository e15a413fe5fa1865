import { Deadline } from '../../../deadline';
import type { Connector } from '../connector';

/** How long bulk lookups wait for keys while requests that cannot bring any are on their way. */
const BATCH_WINDOW_MS = 10;

interface Waiting {
  readonly type: string;
  readonly dispatch: () => void;
  /** When it goes although requests in flight may bring no more keys, and although they may. */
  readonly windowEndsAt: number;
  readonly patienceEndsAt: number;
}

/**
 * Decides when the bulk lookups of one operation go out. At once when nothing is in flight. While a request is in flight
 * whose answer may hold more objects of the same type, a lookup waits for it: the operation ends no earlier for two
 * lookups than for one after the slowest. Other requests are waited for only for the window.
 */
export class BatchWindow {
  readonly #waiting: Waiting[] = [];
  readonly #inFlight = new Map<Connector, number>();
  readonly #deadlineAt: number;
  #next: Deadline | null = null;
  #checking = false;
  #holds = 0;

  constructor(deadlineAt: number) {
    this.#deadlineAt = deadlineAt;
  }

  /** @param type of the objects that the lookup loads */
  schedule(type: string, dispatch: () => void): void {
    const now = performance.now();
    // A quarter of what is left: a hanging request must not take the time that the lookup needs.
    const patienceEndsAt = now + Math.max(0, this.#deadlineAt - now) / 4;
    this.#waiting.push({ type, dispatch, windowEndsAt: now + BATCH_WINDOW_MS, patienceEndsAt });
    this.#checkSoon();
  }

  started(connector: Connector): void {
    this.#inFlight.set(connector, (this.#inFlight.get(connector) ?? 0) + 1);
  }

  finished(connector: Connector): void {
    const left = (this.#inFlight.get(connector) ?? 1) - 1;
    if (left === 0) this.#inFlight.delete(connector);
    else this.#inFlight.set(connector, left);
    this.#checkSoon();
  }

  /** Waits with everything until the returned function is called: more keys come in the next turns of the loop. */
  hold(): () => void {
    this.#holds += 1;
    return () => {
      this.#holds -= 1;
      this.#checkSoon();
    };
  }

  close(): void {
    this.#next?.cancel();
  }

  /** After every promise that is already settled has been followed up: all keys of this turn are known then. */
  #checkSoon(): void {
    if (this.#checking || this.#holds > 0 || this.#waiting.length === 0) return;
    this.#checking = true;
    queueMicrotask(() => process.nextTick(() => this.#check()));
  }

  #check(): void {
    this.#checking = false;
    this.#next?.cancel();
    if (this.#holds > 0) return;
    const now = performance.now();
    const due = this.#waiting.filter((lookup) => this.#dueAt(lookup) <= now);
    const later = this.#waiting.filter((lookup) => !due.includes(lookup));
    this.#waiting.splice(0, this.#waiting.length, ...later);
    for (const { dispatch } of due) dispatch();
    if (later.length === 0) return;
    const next = Math.min(...later.map((lookup) => this.#dueAt(lookup)));
    this.#next = new Deadline(Math.ceil(next - performance.now()), () => this.#check());
  }

  #dueAt({ type, windowEndsAt, patienceEndsAt }: Waiting): number {
    if (this.#inFlight.size === 0) return 0;
    for (const { reaches } of this.#inFlight.keys()) if (reaches.has(type)) return patienceEndsAt;
    return windowEndsAt;
  }
}
