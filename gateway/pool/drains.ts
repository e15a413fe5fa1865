import { announce } from '../events';
import type { Clock } from './clock';
import type { Instance } from './instance';

export interface DrainSite {
  readonly name: string;
  readonly clock: Clock;
  /** What the instance had is finished, or took too long. */
  ended(instance: Instance): void;
}

interface Drain {
  readonly timer: NodeJS.Timeout | undefined;
  readonly sinceMs: number;
}

/** Instances that get nothing new and may finish what they have. */
export class Drains {
  readonly #site: DrainSite;
  readonly #drains = new Map<Instance, Drain>();

  constructor(site: DrainSite) {
    this.#site = site;
  }

  /** Ends at once when the instance has nothing. @param longestMs null: as long as it takes */
  begin(instance: Instance, longestMs: number | null): void {
    const timer = longestMs === null ? undefined : setTimeout(() => this.#end(instance), longestMs).unref();
    this.#drains.set(instance, { timer, sinceMs: this.#site.clock() });
    this.look(instance);
  }

  /** To be called whenever a request of an instance ended. */
  look(instance: Instance): void {
    if (instance.underWay === 0) this.#end(instance);
  }

  cancel(instance: Instance): void {
    clearTimeout(this.#drains.get(instance)?.timer);
    this.#drains.delete(instance);
  }

  /** Lets nothing end any more: the pool itself closes what they had. */
  close(): void {
    for (const { timer } of this.#drains.values()) clearTimeout(timer);
    this.#drains.clear();
  }

  #end(instance: Instance): void {
    const drain = this.#drains.get(instance);
    if (drain === undefined) return;
    this.cancel(instance);
    const { name, clock, ended } = this.#site;
    const durationMs = clock() - drain.sinceMs;
    announce('instance.drained', { pool: name, instance: instance.id, durationMs, cutOff: instance.underWay });
    ended(instance);
  }
}
