import { announce } from '../../events';
import type { InstanceOptions } from '../options';
import { type Belief, believe, difference, NOTHING_FOUND } from './belief';
import type { Discovery, Snapshot } from './discovery';
import type { DiscoveryOptions } from './options';

/** Changes that come close together are taken over as one. */
const DEBOUNCE_MS = 50;

export interface FollowerParts {
  readonly pool: string;
  readonly kind: DiscoveryOptions['source']['kind'];
  /** Opens the source. */
  readonly open: (report: (failure: string | null) => void) => Discovery;
  /** What was found before, e.g. by the process before this one. */
  readonly remembered: readonly InstanceOptions[];
  /** Whether one of these may still be well, as far as the pool knows. */
  readonly anyWell: (endpoints: readonly InstanceOptions[]) => boolean;
  /** The endpoints changed. */
  readonly changed: (endpoints: readonly InstanceOptions[]) => void;
}

/** Follows one source for one pool: what it says is weighed, gathered for a moment, and handed on when it differs. */
export class Follower {
  readonly #parts: FollowerParts;
  readonly #source: Discovery;
  readonly #reading: Promise<void>;
  #belief: Belief;
  /** As last handed on. */
  #endpoints: readonly InstanceOptions[];
  #timer: NodeJS.Timeout | undefined;
  #failure: string | null = null;
  #answeredMs: number | null = null;
  #version: string | null = null;
  #closed = false;
  #onAnswer: () => void = () => undefined;
  /** Resolves when the source has answered or failed for the first time, or is closed. */
  readonly answered: Promise<void>;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
    this.#endpoints = parts.remembered;
    this.#belief = { ...NOTHING_FOUND, endpoints: parts.remembered };
    this.answered = new Promise((resolve) => {
      this.#onAnswer = resolve;
    });
    this.#source = parts.open((failure) => this.#report(failure));
    this.#reading = this.#read().catch((error: unknown) => {
      announce('internal.error', { where: `discovery of ${parts.pool}`, error });
    });
  }

  get endpoints(): readonly InstanceOptions[] {
    return this.#endpoints;
  }

  /** Null while the source answers. */
  get failure(): string | null {
    return this.#failure;
  }

  /** When the source last answered, on the clock of `performance.now()`; null when it never did. */
  get answeredMs(): number | null {
    return this.#answeredMs;
  }

  get version(): string | null {
    return this.#version;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#onAnswer();
    await this.#source.close();
    await this.#reading;
  }

  async #read(): Promise<void> {
    for await (const snapshot of this.#source) this.#weigh(snapshot);
  }

  #weigh(snapshot: Snapshot): void {
    const { pool, kind, anyWell } = this.#parts;
    const { endpoints } = this.#belief;
    this.#answeredMs = performance.now();
    this.#version = snapshot.version;
    this.#belief = believe(this.#belief, snapshot, () => anyWell(endpoints));
    announce('discovery.answered', { pool, source: kind, endpoints: snapshot.endpoints.length });
    if (this.#belief.emptyAnswers === 1 && endpoints.length > 0) {
      announce('discovery.doubted', { pool, source: kind, kept: endpoints.length });
    }
    if (this.#endpoints.length === 0) this.#handOn();
    else this.#timer ??= setTimeout(() => this.#handOn(), DEBOUNCE_MS).unref();
    this.#onAnswer();
  }

  #handOn(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#closed) return;
    const { pool, kind, changed } = this.#parts;
    const { added, removed, differs } = difference(this.#endpoints, this.#belief.endpoints);
    if (!differs) return;
    this.#endpoints = this.#belief.endpoints;
    announce('discovery.changed', { pool, source: kind, added, removed, endpoints: this.#endpoints.length });
    changed(this.#endpoints);
  }

  #report(failure: string | null): void {
    const before = this.#failure;
    this.#failure = failure;
    if (failure !== null) this.#onAnswer();
    if (failure === null || failure === before) return;
    const { pool, kind } = this.#parts;
    announce('discovery.failed', { pool, source: kind, message: failure });
  }
}
