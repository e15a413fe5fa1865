import { Balancer } from '../../gateway/pool/balancer';
import { Member } from '../../gateway/pool/member';
import { instance, poolOptions } from '../fixtures/pool-options';
import { seededRandom } from '../fixtures/seeded-random';

/** What happens to one instance, in ms. It answers everything at once that it has, as a server that waits for others does. */
export interface InstanceNoise {
  readonly serviceMs: (nowMs: number) => number;
  /** Mean time between stops of the whole process, as garbage collection or another process makes them; 0: none. */
  readonly pauseEveryMs: number;
  readonly pauseMs: readonly [least: number, most: number];
}

export interface Answered {
  readonly at: number;
  readonly startedMs: number;
  readonly latencyMs: number;
}

interface Ending {
  readonly at: number;
  readonly startedMs: number;
  readonly endsMs: number;
}

/** A pool's choices on virtual time: open-loop arrivals at steady times, instances that are as noisy as real ones. */
export class NoisyTraffic {
  readonly #random: () => number;
  readonly #noise: readonly InstanceNoise[];
  readonly #balancer: Balancer<Member>;
  readonly #members: readonly Member[];
  /** Of each instance: when its next pause begins, and when the last one ends. */
  readonly #pauses: { nextMs: number; endsMs: number }[];
  #endings: Ending[] = [];
  #nowMs = 0;

  constructor(noise: readonly InstanceNoise[], seed: number) {
    const ignore = { onChanged: () => undefined, onRefreshed: () => undefined };
    this.#random = seededRandom(seed);
    this.#noise = noise;
    const options = poolOptions([], { policy: 'adaptive' });
    this.#balancer = new Balancer<Member>(options, () => this.#nowMs, seededRandom(seed + 1), ignore);
    this.#members = noise.map((_, at) => new Member(instance(`http://10.0.0.1:${at + 1}/`), 'pass', 256, 0));
    for (const member of this.#members) this.#balancer.members.set(member.url, member);
    this.#balancer.refresh(0);
    this.#pauses = noise.map(({ pauseEveryMs }) => ({ nextMs: this.#gapMs(pauseEveryMs), endsMs: 0 }));
  }

  /** Goes on from where the traffic before ended. @returns the requests that were started meanwhile */
  run(perSecond: number, forMs: number): readonly Answered[] {
    const answered: Answered[] = [];
    const endMs = this.#nowMs + forMs;
    for (let dueMs = this.#nowMs; dueMs < endMs; dueMs += 1_000 / perSecond) {
      this.#settleUntil(dueMs);
      const picked = this.#balancer.choose([], null, true, dueMs)?.member;
      if (picked === undefined) throw new Error('everybody is well');
      const at = this.#members.indexOf(picked);
      picked.started(dueMs);
      const endsMs = this.#endOf(at, dueMs);
      this.#endings.push({ at, startedMs: dueMs, endsMs });
      answered.push({ at, startedMs: dueMs, latencyMs: endsMs - dueMs });
    }
    this.#nowMs = endMs;
    return answered;
  }

  #settleUntil(nowMs: number): void {
    const ended = this.#endings.filter(({ endsMs }) => endsMs <= nowMs).sort((a, b) => a.endsMs - b.endsMs);
    this.#endings = this.#endings.filter(({ endsMs }) => endsMs > nowMs);
    for (const { at, startedMs, endsMs } of ended) {
      this.#nowMs = endsMs;
      const member = this.#members[at];
      if (member === undefined) continue;
      member.finished(startedMs, endsMs, true);
      this.#balancer.observe(member, {
        outcome: 'ok',
        startedMs,
        nowMs: endsMs,
        blocked: false,
        excused: false,
        failure: null,
        restMs: null,
      });
    }
    this.#nowMs = nowMs;
  }

  #endOf(at: number, nowMs: number): number {
    const noise = this.#noise[at];
    const pause = this.#pauses[at];
    if (noise === undefined || pause === undefined) throw new Error('there is no such instance');
    // Until it answers it may stop, more than once.
    let endsMs = Math.max(nowMs, pause.endsMs) + noise.serviceMs(nowMs);
    while (pause.nextMs < endsMs) {
      const [least, most] = noise.pauseMs;
      const lengthMs = least + (most - least) * this.#random();
      pause.endsMs = pause.nextMs + lengthMs;
      if (pause.endsMs > nowMs) endsMs = Math.max(endsMs, pause.endsMs + this.#random());
      pause.nextMs = pause.endsMs + this.#gapMs(noise.pauseEveryMs);
    }
    return endsMs;
  }

  #gapMs(meanMs: number): number {
    return meanMs === 0 ? Number.POSITIVE_INFINITY : -Math.log(1 - this.#random()) * meanMs;
  }
}
