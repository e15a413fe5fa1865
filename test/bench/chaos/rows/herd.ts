import { Balancer } from '../../../../gateway/pool/balancer';
import { Member } from '../../../../gateway/pool/member';
import { instance, poolOptions } from '../../../fixtures/pool-options';
import { seededRandom } from '../../../fixtures/seeded-random';
import type { Row } from './row';
import { short } from './row';

const GATEWAYS = 4;
const INSTANCES = 3;
const SERVED_AT_ONCE = 4;
const SERVICE_MS = 5;
const LOAD = 0.7;
const RUN_MS = 11_000;
const SLICE_MS = 100;
const INTERVAL_MS = SERVICE_MS / (INSTANCES * SERVED_AT_ONCE * LOAD);

interface Ending {
  readonly atMs: number;
  readonly balancer: Balancer<Member>;
  readonly member: Member;
  readonly startedMs: number;
}

/** Arrivals and instances in a queueing model; the gateways' choices are the real ones. */
class Model {
  #nowMs = 0;
  readonly #random = seededRandom(7);
  readonly #lineups = Array.from({ length: GATEWAYS }, (_, seed) => this.#balancer(seed + 1));
  /** When each place of each instance is free. */
  readonly #freeAtMs = Array.from({ length: INSTANCES }, () => new Array<number>(SERVED_AT_ONCE).fill(0));
  #endings: Ending[] = [];

  /** @returns for each instance when requests arrived there */
  run(): readonly (readonly number[])[] {
    const arrivals = Array.from({ length: INSTANCES }, (): number[] => []);
    while (this.#nowMs < RUN_MS) {
      this.#nowMs += -Math.log(1 - this.#random()) * INTERVAL_MS;
      this.#settle();
      const balancer = this.#lineups[Math.floor(this.#random() * GATEWAYS)];
      const member = balancer?.choose([], null, true, this.#nowMs)?.member;
      if (balancer === undefined || member === undefined) continue;
      const at = Number(new URL(member.url).port) - 1;
      arrivals[at]?.push(this.#nowMs);
      member.started(this.#nowMs);
      this.#endings.push({ atMs: this.#serve(at), balancer, member, startedMs: this.#nowMs });
    }
    return arrivals;
  }

  #serve(at: number): number {
    const places = this.#freeAtMs[at] ?? [];
    const place = places.indexOf(Math.min(...places));
    const atMs = Math.max(this.#nowMs, places[place] ?? 0) + SERVICE_MS * (0.8 + 0.4 * this.#random());
    places[place] = atMs;
    return atMs;
  }

  #settle(): void {
    const ended = this.#endings.filter(({ atMs }) => atMs <= this.#nowMs).sort((a, b) => a.atMs - b.atMs);
    this.#endings = this.#endings.filter(({ atMs }) => atMs > this.#nowMs);
    for (const { atMs, balancer, member, startedMs } of ended) {
      member.finished(startedMs, atMs, true);
      balancer.observe(member, {
        outcome: 'ok',
        startedMs,
        nowMs: atMs,
        blocked: false,
        excused: false,
        failure: null,
        restMs: null,
      });
    }
  }

  #balancer(seed: number): Balancer<Member> {
    const ignore = { onChanged: () => undefined, onRefreshed: () => undefined };
    const balancer = new Balancer<Member>(
      poolOptions([], { policy: 'adaptive' }),
      () => this.#nowMs,
      seededRandom(seed),
      ignore,
    );
    for (let n = 0; n < INSTANCES; n += 1) {
      const member = new Member(instance(`http://10.0.0.1:${n + 1}/`), 'pass', 256, 0);
      balancer.members.set(member.url, member);
    }
    balancer.refresh(0);
    return balancer;
  }
}

/** The largest share that one had of any slice of time. Pure. */
export function largestShare(arrivals: readonly (readonly number[])[], fromMs: number, toMs: number): number {
  let largest = 0;
  for (let start = fromMs; start < toMs; start += SLICE_MS) {
    const counts = arrivals.map((times) => times.filter((ms) => ms >= start && ms < start + SLICE_MS).length);
    const sum = counts.reduce((total, count) => total + count, 0);
    if (sum > 0) largest = Math.max(largest, Math.max(...counts) / sum);
  }
  return largest;
}

export const HERD: Row = {
  id: 'LB-34',
  fault: '4 gateways, 70 % load',
  goal: 'no instance over 45 % in any 100 ms',
  compared: false,
  run() {
    const largest = largestShare(new Model().run(), 1_000, RUN_MS - SLICE_MS);
    return Promise.resolve({
      holds: largest <= 0.45,
      text: `at most ${short(largest * 100)} %`,
      figures: { largestShare: largest },
    });
  },
};
