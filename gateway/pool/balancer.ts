import { announce } from '../events';
import type { Clock } from './clock';
import { ejectionBudgetFor, NO_EJECTION_BUDGET } from './ejection-budget';
import { Explanations } from './explanations';
import { type Failure, failureText } from './failure';
import type { Health, Outcome } from './health/health';
import { lowSuccessRates, medianOf, slowMembers } from './health/peers';
import { afterCheck, afterComparison, afterOutcome, type CheckResult, VERDICTS } from './health/verdict';
import { buildHostSet, type HostSet } from './host-set';
import type { InstanceFilter } from './instance-filter';
import { afterAnswer, afterOverload } from './latency/gradient-limit';
import { Quantiles } from './latency/histogram';
import type { Member } from './member';
import type { HealthCheckOptions, PoolOptions } from './options';
import { nextEndMs, stillInForce } from './overrides';
import { hasAlternative, type Pick, pick } from './pick';
import type { PickContext } from './policies/policy';
import type { Choice } from './pool';
import { nextWarmthMs, warmth } from './slow-start';
import { type InstanceState, stateOf } from './state';
import { Subsets } from './subset';

/** States and peers are looked at this often, while somebody asks. */
const LOOK_MS = 1_000;
/** Medians of fewer answers are not compared. */
const ANSWERS_MIN = 20;
/** A failure counts as an answer that took so long, or three times what nearly all take. */
const FAILURE_MS_MIN = 1_000;
/** Longest time that an instance is left alone because it asked for it. */
const REST_MS_MAX = 30_000;

/** Result of one attempt, as far as it tells something about the member. */
export interface Observation {
  readonly outcome: Outcome;
  readonly startedMs: number;
  readonly nowMs: number;
  /** Time lost in this process meanwhile: how long it took says nothing about the member. */
  readonly blocked: boolean;
  /** It failed because of this process: says nothing about the member at all. */
  readonly excused: boolean;
  /** Null when it did not fail. */
  readonly failure: Failure | null;
  /** How long it asked to be left alone; null when it did not. */
  readonly restMs: number | null;
}

/** Listens to changes of what a choice rests on. */
export interface BalancerListener<M extends Member> {
  /** A member is in another state. */
  readonly onChanged: (member: M, before: InstanceState) => void;
  /** States or weights may be others than before. */
  readonly onRefreshed: () => void;
}

/**
 * Load balancer of a pool: its members, what is believed of them, and the hosts that follows from it.
 * Knows no sockets and no timers: it looks at the time when it is asked.
 */
export class Balancer<M extends Member> {
  readonly members = new Map<string, M>();
  readonly #explanations = new Explanations();
  readonly #quantiles = new Quantiles();
  readonly #clock: Clock;
  readonly #context: PickContext<M>;
  readonly #listener: BalancerListener<M>;
  readonly #subsets: Subsets<M>;
  #options: PoolOptions;
  #hosts: HostSet<M>;
  #nextLookMs = 0;
  #nextCompareMs = 0;
  #failureMs = FAILURE_MS_MIN;
  /** 95 % of the answers take less; null while too few are known. */
  p95Ms: number | null = null;
  /** The quantile after which a request is hedged; null while too few answers are known. */
  hedgeAfterMs: number | null = null;

  constructor(options: PoolOptions, clock: Clock, random: () => number, listener: BalancerListener<M>) {
    this.#listener = listener;
    this.#options = options;
    this.#clock = clock;
    this.#context = {
      nowMs: 0,
      tried: [],
      hashKey: null,
      random,
      forStream: false,
      usualMs: 0,
      other: null,
      cost: Number.NaN,
      otherCost: Number.NaN,
    };
    this.#hosts = buildHostSet<M>([], options, null, random);
    this.#subsets = new Subsets<M>({
      members: () => this.members.values(),
      build: (members, before) => buildHostSet(members, this.#options, before, random),
      onFallback: ({ text }, fallsBack) =>
        announce('fallback.changed', { pool: this.#options.name, tags: text, fallsBack }),
    });
  }

  set options(options: PoolOptions) {
    this.#options = options;
  }

  get panic(): boolean {
    return this.#hosts.panic;
  }

  /** Median latency of the members. */
  get usualMs(): number {
    return this.#context.usualMs;
  }

  /** Requests at once that those who share the requests take. */
  get capacity(): number {
    const { groups, sole } = this.#hosts;
    const sharing = sole === null ? groups.filter(({ share }) => share > 0) : [sole];
    if (sharing.length === 0) return Number.POSITIVE_INFINITY;
    return sharing.reduce((sum, { members }) => members.reduce((some, { limit }) => some + limit, sum), 0);
  }

  choose(
    tried: readonly M[],
    hashKey: string | null,
    repeatable: boolean,
    nowMs: number,
    forStream = false,
    only: InstanceFilter | null = null,
  ): Pick<M> | null {
    if (nowMs >= this.#nextLookMs) this.refresh(nowMs);
    const among = only === null ? this.#hosts : this.#subsets.hostsFor(only, nowMs);
    const context = this.#context;
    context.nowMs = nowMs;
    context.tried = tried;
    context.hashKey = hashKey;
    context.forStream = forStream;
    const picked = pick(among ?? this.#hosts, context, repeatable);
    if (picked !== null) {
      const why = only === null ? picked.reason : reasonAmong(only, picked.reason, among === null);
      this.#explanations.record(nowMs, picked.member, context.cost, context.other, context.otherCost, why);
    }
    if (among === null) announce('pick.fell.back', { pool: this.#options.name });
    return picked;
  }

  hasAlternative(tried: readonly M[], only: InstanceFilter | null = null): boolean {
    const among = only === null ? null : this.#subsets.hostsFor(only, this.#clock());
    return hasAlternative(among ?? this.#hosts, tried);
  }

  explain(epochMs: number): readonly Choice[] {
    return this.#explanations.list(epochMs);
  }

  /** Takes in how an attempt ended. */
  observe(member: M, { outcome, startedMs, nowMs, blocked, excused, failure, restMs }: Observation): void {
    if (excused) return;
    const durationMs = nowMs - startedMs;
    const good = outcome === 'ok' || outcome === 'app-error';
    if (restMs !== null) member.restUntilMs = nowMs + Math.min(restMs, REST_MS_MAX);
    if (!blocked) this.#observeLatency(member, outcome, good, durationMs, nowMs);
    if (this.#options.concurrency.adaptive === true && !blocked)
      this.#learnLimit(member, outcome, good, nowMs - startedMs);
    const { outlierDetection: options } = this.#options;
    // Only a failure can eject: a success need not look at all the others.
    const spare = good
      ? NO_EJECTION_BUDGET
      : ejectionBudgetFor(this.members.values(), member, options?.maxEjectionShare ?? 0);
    const chance = good ? 0 : this.#context.random();
    const { window } = member;
    if (isNews(member, outcome, startedMs)) window.count(!good, nowMs);
    const why = failure === null ? null : failureText(failure);
    const circumstances = { nowMs, startedMs, window, options, spare, chance, why };
    this.#believe(member, afterOutcome(member.health, outcome, circumstances));
  }

  #observeLatency(member: M, outcome: Outcome, good: boolean, durationMs: number, nowMs: number): void {
    const { usualMs } = this.#context;
    const seedMs = usualMs === 0 ? durationMs : usualMs;
    if (good) {
      member.latency.observe(durationMs, nowMs, seedMs);
      member.latencies.record(durationMs, nowMs);
    } else if (outcome !== 'cancelled') {
      member.latency.observe(Math.max(this.#failureMs, durationMs), nowMs, seedMs);
    } else if (durationMs > member.latency.at(nowMs)) {
      // It had not answered until then: it takes at least so long.
      member.latency.observe(durationMs, nowMs, seedMs);
    }
  }

  #learnLimit(member: M, outcome: Outcome, good: boolean, durationMs: number): void {
    const { gradient, inFlight } = member;
    // The one that ended is no longer counted.
    if (good) member.gradient = afterAnswer(gradient, durationMs, inFlight + 1, this.#options.connections);
    else if (outcome === 'overload' || outcome === 'timeout') member.gradient = afterOverload(gradient);
    member.limit = Math.max(1, Math.floor(member.gradient.limit));
  }

  /** Takes in how a health check ended. */
  checked(member: M, result: CheckResult, options: HealthCheckOptions): void {
    this.#believe(member, afterCheck(member.health, result, this.#clock(), options));
  }

  #believe(member: M, health: Health): void {
    // What its last requests come to says nothing of what it is after the work on it.
    if (member.inMaintenance) return;
    const before = member.health;
    member.health = health;
    const same =
      before.check === health.check &&
      before.ejection === health.ejection &&
      before.drift === health.drift &&
      before.checkReachable === health.checkReachable;
    if (same) return;
    const nowMs = this.#clock();
    if (health.ejection === null && before.ejection !== null) member.window.reset(nowMs);
    this.refresh(nowMs);
  }

  /** When a state changes by itself next: an ejection ends, or an operator's override; infinity when none does. */
  nextTurnMs(nowMs: number): number {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const { health, overrides } of this.members.values())
      nextMs = Math.min(nextMs, ejectionEndMs(health, nowMs), nextEndMs(overrides));
    return nextMs;
  }

  /** Derives every state and weight anew, announces what changed, and replaces the hosts. */
  refresh(nowMs: number): void {
    this.#compareInTime(nowMs);
    this.#nextLookMs = nowMs + LOOK_MS;
    for (const member of this.members.values()) {
      member.overrides = stillInForce(member.overrides, nowMs);
      this.show(member, nowMs);
      this.#weigh(member, nowMs);
      this.#nextLookMs = Math.min(this.#nextLookMs, this.#nextChangeMs(member, nowMs));
    }
    const before = this.#hosts;
    this.#hosts = buildHostSet(this.members.values(), this.#options, before, this.#context.random);
    this.#subsets.changed(nowMs);
    if (this.#hosts.panic !== before.panic) {
      const { panic, available } = this.#hosts;
      announce('panic.changed', { pool: this.#options.name, panic, available });
    }
    this.#listener.onRefreshed();
  }

  show(member: M, nowMs: number): void {
    const next = stateOf(member, nowMs);
    const before = member.shown;
    member.shown = next;
    if (before.state === next.state) return;
    if (before.standing !== next.standing) member.loseTurn();
    member.warmingSinceMs = warms(before, next) ? nowMs : next.standing === 'well' ? member.warmingSinceMs : null;
    const { state: to, reason, cause } = next;
    announce('instance.changed', {
      pool: this.#options.name,
      instance: member.id,
      from: before.state,
      to,
      reason,
      cause,
    });
    this.#listener.onChanged(member, before);
  }

  #weigh(member: M, nowMs: number): void {
    const { slowStartMs } = this.#options;
    const warm = warmth(member.warmingSinceMs, nowMs, slowStartMs);
    if (warm >= 1) member.warmingSinceMs = null;
    member.weight = member.givenWeight * member.adaptive.factor * warm;
  }

  #nextChangeMs(member: M, nowMs: number): number {
    const warmthMs = nextWarmthMs(member.warmingSinceMs, nowMs, this.#options.slowStartMs);
    return Math.min(ejectionEndMs(member.health, nowMs), nextEndMs(member.overrides), warmthMs);
  }

  /** Once in so long, however often states change: with many members it is most of the work. */
  #compareInTime(nowMs: number): void {
    if (nowMs < this.#nextCompareMs) return;
    this.#nextCompareMs = nowMs + LOOK_MS;
    this.#compare(nowMs);
  }

  /** What only shows beside the others: medians, slowness, success rates. */
  #compare(nowMs: number): void {
    const members = [...this.members.values()];
    this.#context.usualMs = medianOf(members.map(({ latency }) => latency.lastMs)) ?? 0;
    const all = this.#quantiles.read(
      members.map(({ latencies }) => latencies),
      nowMs,
    );
    this.p95Ms = all.at(0.95, ANSWERS_MIN);
    const { hedge } = this.#options;
    if (hedge !== null && 'quantile' in hedge.after)
      this.hedgeAfterMs = wholeMs(all.at(hedge.after.quantile, ANSWERS_MIN));
    this.#failureMs = Math.max(FAILURE_MS_MIN, 3 * (this.p95Ms ?? 0));
    if (this.#options.outlierDetection === null) return;
    const medians = members.map(({ latencies }) => this.#quantiles.read([latencies], nowMs).at(0.5, ANSWERS_MIN));
    const slow = slowMembers(
      medians,
      members.map(({ slowSinceMs }) => slowSinceMs !== null),
    );
    for (const [at, member] of members.entries()) {
      member.slowSinceMs = slow[at] === true ? (member.slowSinceMs ?? nowMs) : null;
    }
    this.#ejectUnsuccessful(members, nowMs);
  }

  #ejectUnsuccessful(members: readonly M[], nowMs: number): void {
    const options = this.#options.outlierDetection;
    const rates = lowSuccessRates(members.map(({ window }) => window));
    for (const [at, member] of members.entries()) {
      const rate = rates[at];
      if (rate === null || rate === undefined) continue;
      const spare = ejectionBudgetFor(members, member, options?.maxEjectionShare ?? 0);
      const ground = {
        reason: `succeeds in ${Math.round(rate * 100)} %, far less than its peers`,
        cause: 'outlier' as const,
      };
      const circumstances = { nowMs, options, spare, chance: this.#context.random(), why: null };
      member.health = afterComparison(member.health, ground, circumstances);
    }
  }
}

function reasonAmong({ text }: InstanceFilter, reason: string, fellBack: boolean): string {
  return fellBack ? `${reason}; nobody with ${text} is well` : `${reason}, of those with ${text}`;
}

function ejectionEndMs({ ejection }: Health, nowMs: number): number {
  return ejection !== null && ejection.untilMs > nowMs ? ejection.untilMs : Number.POSITIVE_INFINITY;
}

/** Whether an outcome says something that was not known when the member was ejected. */
function isNews({ health }: Member, outcome: Outcome, startedMs: number): boolean {
  return VERDICTS[outcome] !== 'none' && (health.ejection === null || startedMs >= health.ejection.sinceMs);
}

/** Who was away comes back slowly. */
function warms(before: InstanceState, next: InstanceState): boolean {
  if (next.standing !== 'well') return false;
  return before.standing !== 'well' && before.standing !== 'degraded';
}

/** Timers drop fractions: a request must not be hedged before its time. */
function wholeMs(ms: number | null): number | null {
  return ms === null ? null : Math.ceil(ms);
}
