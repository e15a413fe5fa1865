import type { LoadFigures } from './load-record';

/** One instance as the slow loop sees it. */
export interface WeightSample extends LoadFigures {
  /** Tells the instances of a pool apart: the URL. */
  readonly id: string;
  /** As configured or as an operator wants it. */
  readonly weight: number;
  /** What the weight is multiplied with now. */
  readonly factor: number;
  /** False while the instance is not well or warming up: its factor stays, and nobody is compared with it. */
  readonly comparable: boolean;
  /** Only instances of one group are compared. */
  readonly group: string;
}

export interface WeightChange {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

const FACTOR_MIN = 0.1;
const FACTOR_MAX = 2;
/** Share of itself that a factor moves by in a second at most. */
const CHANGE_MAX = 0.2;
/** A wish that differs less is noise. */
const HYSTERESIS = 0.1;
/** With fewer remembered requests an instance cannot be judged. */
const REQUESTS_MIN = 20;
/** When the instances are less busy on average, their utilisation is mostly their own upkeep. */
const UTILIZATION_MIN = 0.2;
/** Where a factor of 1 is wished for, the last bit of the way is not worth waiting for. */
const NEARLY_ONE = 0.02;

interface Wish {
  readonly factor: number;
  readonly reason: string;
}

/** What a group has in common. */
interface Standard {
  readonly latencyMs: number;
  /** Requests a second at full utilisation, for each unit of weight; null when not all of them report. */
  readonly capacity: number | null;
}

/**
 * One turn of the slow loop: who should have more than its weight, who less. Pure.
 * A factor is wished for from how an instance answers, not from the factor it has, so that it settles: measured
 * capacity for each unit of weight (requests a second over reported utilisation) against the group's, the root of the
 * group's median latency over its own, and the square of the share that does not fail. It moves there in small steps.
 * @param elapsedMs since the last turn
 * @param panicked too few instances are well: nothing moves
 */
export function stepWeights(
  samples: readonly WeightSample[],
  elapsedMs: number,
  panicked: boolean,
): readonly WeightChange[] {
  if (panicked) return [];
  const standards = standardsOf(samples.filter(isJudged));
  // A loop that was held up does not make up for it in one leap.
  const changeMax = CHANGE_MAX * Math.min(1, elapsedMs / 1_000);
  return samples.flatMap((sample) => {
    if (!sample.comparable) return [];
    const wish = wishFor(sample, standards.get(sample.group));
    const to = approach(sample.factor, wish.factor, changeMax);
    return to === sample.factor ? [] : [{ id: sample.id, from: sample.factor, to, reason: wish.reason }];
  });
}

function isJudged({ comparable, requests }: WeightSample): boolean {
  return comparable && requests >= REQUESTS_MIN;
}

function standardsOf(judged: readonly WeightSample[]): ReadonlyMap<string, Standard> {
  const standards = new Map<string, Standard>();
  for (const [group, members] of groupsOf(judged)) {
    const latencies = members.flatMap(({ latencyMs }) => latencyMs ?? []);
    if (members.length > 1) standards.set(group, { latencyMs: median(latencies), capacity: capacityOf(members) });
  }
  return standards;
}

function groupsOf(samples: readonly WeightSample[]): Map<string, WeightSample[]> {
  const groups = new Map<string, WeightSample[]>();
  for (const sample of samples) groups.set(sample.group, [...(groups.get(sample.group) ?? []), sample]);
  return groups;
}

function capacityOf(members: readonly WeightSample[]): number | null {
  let capacity = 0;
  let weight = 0;
  let utilization = 0;
  for (const member of members) {
    if (member.utilization === null || member.utilization === 0) return null;
    capacity += member.requestsPerSecond / member.utilization;
    weight += member.weight;
    utilization += member.utilization;
  }
  return utilization / members.length < UTILIZATION_MIN ? null : capacity / weight;
}

function wishFor(sample: WeightSample, standard: Standard | undefined): Wish {
  if (standard === undefined) return { factor: 1, reason: 'there is nobody to compare it with' };
  if (!isJudged(sample)) return { factor: 1, reason: 'too few requests to judge it by' };
  const wishes = [latencyWish(sample, standard), errorWish(sample), capacityWish(sample, standard)].filter(
    (wish) => wish !== null,
  );
  const factor = wishes.reduce((product, wish) => product * wish.factor, 1);
  const reasons = wishes.map(({ reason }) => reason);
  return {
    factor: Math.min(FACTOR_MAX, Math.max(FACTOR_MIN, factor)),
    reason: reasons.length === 0 ? 'answers like the others' : reasons.join(', '),
  };
}

function latencyWish({ latencyMs }: WeightSample, standard: Standard): Wish | null {
  if (latencyMs === null || latencyMs === 0 || standard.latencyMs === 0) return null;
  const reason = `answers in ${milliseconds(latencyMs)} (median ${milliseconds(standard.latencyMs)})`;
  return { factor: Math.sqrt(standard.latencyMs / latencyMs), reason };
}

function errorWish({ errorShare }: WeightSample): Wish | null {
  if (errorShare === 0) return null;
  return { factor: (1 - errorShare) ** 2, reason: `${percent(errorShare)} failures` };
}

function capacityWish({ utilization, requestsPerSecond, weight }: WeightSample, { capacity }: Standard): Wish | null {
  if (capacity === null || utilization === null || utilization === 0) return null;
  const own = requestsPerSecond / utilization / weight;
  const reason = `${percent(utilization)} busy with ${Math.round(requestsPerSecond)} requests a second`;
  return { factor: own / capacity, reason };
}

function approach(from: number, wish: number, changeMax: number): number {
  if (wish === 1 && Math.abs(from - 1) <= NEARLY_ONE) return 1;
  const homeward = wish === 1 && from !== 1;
  if (!homeward && Math.abs(wish / from - 1) <= HYSTERESIS) return from;
  return Math.min(from * (1 + changeMax), Math.max(from * (1 - changeMax), wish));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? 0;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? 0) + upper) / 2 : upper;
}

function milliseconds(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
