import { announce } from '../../events';
import type { Clock } from '../clock';
import type { LoadRecord } from './load-record';
import { stepWeights, type WeightChange, type WeightSample } from './step';

const TURN_MS = 1_000;

/** Factor on an instance's weight, and the reason for it. */
export interface AdaptiveFactor {
  readonly factor: number;
  readonly reason: string;
}

export const NEUTRAL: AdaptiveFactor = { factor: 1, reason: 'as configured' };

/** Instance as the slow loop sees it. */
export interface WeightedInstance {
  readonly url: string;
  readonly id: string;
  readonly load: LoadRecord;
  adaptive: AdaptiveFactor;
}

/** Pool as the slow loop sees it. */
export interface WeightsSite<Member extends WeightedInstance> {
  readonly name: string;
  readonly clock: Clock;
  members(): Iterable<Member>;
  /** How an instance takes part. */
  standing(member: Member): Pick<WeightSample, 'weight' | 'comparable' | 'group'>;
  /** Too few instances are well. */
  panicked(): boolean;
  /** Factors have changed. */
  reweighed(): void;
}

/** The slow loop of one pool: once a second it moves the factors a little towards what the instances can bear. */
export class AdaptiveWeights<Member extends WeightedInstance> {
  readonly #site: WeightsSite<Member>;
  #timer: NodeJS.Timeout | undefined;
  #turnedMs = 0;

  constructor(site: WeightsSite<Member>) {
    this.#site = site;
  }

  /** Starts or stops the loop; when it stops, every instance gets its configured weight back. */
  enable(enabled: boolean): void {
    if (enabled === (this.#timer !== undefined)) return;
    if (enabled) {
      this.#turnedMs = this.#site.clock();
      this.#timer = setInterval(() => this.turn(), TURN_MS).unref();
      return;
    }
    this.close();
    this.#apply(
      Array.from(this.#site.members(), ({ url, adaptive }) => ({
        id: url,
        from: adaptive.factor,
        to: 1,
        reason: 'switched off',
      })),
    );
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** One turn of the loop. */
  turn(): void {
    const nowMs = this.#site.clock();
    const elapsedMs = nowMs - this.#turnedMs;
    this.#turnedMs = nowMs;
    const samples = Array.from(this.#site.members(), (member) => ({
      ...member.load.figures(nowMs),
      ...this.#site.standing(member),
      id: member.url,
      factor: member.adaptive.factor,
    }));
    this.#apply(stepWeights(samples, elapsedMs, this.#site.panicked()));
  }

  #apply(changes: readonly WeightChange[]): void {
    const byUrl = new Map(changes.map((change) => [change.id, change]));
    let moved = false;
    for (const member of this.#site.members()) {
      const change = byUrl.get(member.url);
      if (change === undefined || change.to === member.adaptive.factor) continue;
      moved = true;
      const { from, to, reason } = change;
      member.adaptive = to === 1 ? NEUTRAL : { factor: to, reason };
      announce('weight.changed', { pool: this.#site.name, instance: member.id, from, to, reason });
    }
    if (moved) this.#site.reweighed();
  }
}
