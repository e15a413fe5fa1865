import { type Health, newHealth } from './health/health';
import { OutcomeWindow } from './health/outcome-window';
import { type GradientLimit, newGradientLimit } from './latency/gradient-limit';
import { LatencyHistogram } from './latency/histogram';
import { PeakEwma } from './latency/peak-ewma';
import type { InstanceOptions } from './options';
import { NO_OVERRIDES, type Overrides, stillInForce, viewOverrides } from './overrides';
import type { CheckView, InstanceView } from './pool';
import { warmth } from './slow-start';
import { type InstanceState, NOT_SHOWN, type Presence, stateOf } from './state';
import { type AdaptiveFactor, NEUTRAL } from './weights/adaptive-weights';
import { LoadRecord } from './weights/load-record';

/** Quantiles look back once to twice this long. */
const QUANTILE_WINDOW_MS = 5_000;

/** One server of a pool as the choice sees it: its flags, what is known of it, what it is doing. Opens no socket. */
export class Member {
  readonly url: string;
  /** `host:port`, port included when it is the default one. */
  readonly id: string;
  /** Weight, zone and tier as configured now. */
  options: InstanceOptions;
  presence: Presence = 'present';
  health: Health;
  /** What an operator wants. */
  overrides: Overrides = NO_OVERRIDES;
  /** As the pool last derived and announced it. */
  shown: InstanceState = NOT_SHOWN;
  lastCheck: CheckView | null = null;
  /** What counts in a choice: configured or wanted, times the adaptive factor, times what slow start allows. */
  weight: number;
  adaptive: AdaptiveFactor = NEUTRAL;
  readonly load: LoadRecord;
  /** Requests under way; of a stream, until its head is there. */
  inFlight = 0;
  /** Streams whose head is there. */
  streams = 0;
  /** Sum of the times at which the requests in flight were started. */
  startedSumMs = 0;
  readonly window = new OutcomeWindow();
  readonly latency = new PeakEwma();
  readonly latencies: LatencyHistogram;
  /** Smooth weighted round-robin: what this member is owed. */
  credit = 0;
  /** Round-robin among many: when the next turn comes; NaN while it has none. */
  dueAt = Number.NaN;
  /** Requests at once that it takes. */
  limit: number;
  /** How the limit is learned, where it is. */
  gradient: GradientLimit;
  /** It asked to be left alone until then. */
  restUntilMs = 0;
  /** When something came back for the last time, in whatever way. */
  answeredMs = Number.NEGATIVE_INFINITY;
  /** Start of the slow start; null when there is none. */
  warmingSinceMs: number | null = null;
  /** Since when it has been far slower than its peers; null when it is not. */
  slowSinceMs: number | null = null;

  constructor(options: InstanceOptions, check: 'unknown' | 'pass', limit: number, nowMs: number) {
    const url = new URL(options.url);
    this.url = options.url;
    this.id = url.port === '' ? `${url.hostname}:${url.protocol === 'https:' ? 443 : 80}` : url.host;
    this.options = options;
    this.weight = options.weight;
    this.limit = limit;
    this.gradient = newGradientLimit(limit);
    this.health = newHealth(check, nowMs);
    this.load = new LoadRecord(nowMs);
    this.latencies = new LatencyHistogram(QUANTILE_WINDOW_MS, nowMs);
  }

  /** As configured, or as an operator wants it. */
  get givenWeight(): number {
    return this.overrides.weight?.weight ?? this.options.weight;
  }

  get inMaintenance(): boolean {
    return this.overrides.state?.action === 'maintenance';
  }

  /** What was believed of it no longer holds. */
  forget(check: 'unknown' | 'pass', nowMs: number): void {
    this.health = newHealth(check, nowMs);
    this.lastCheck = null;
    this.slowSinceMs = null;
  }

  limitTo(limit: number): void {
    this.limit = limit;
    this.gradient = newGradientLimit(limit);
  }

  started(nowMs: number): void {
    this.inFlight += 1;
    this.startedSumMs += nowMs;
  }

  /** @param heard whether anything came back: not when we gave up waiting */
  finished(startedMs: number, nowMs: number, heard: boolean): void {
    this.inFlight -= 1;
    this.startedSumMs = this.inFlight === 0 ? 0 : this.startedSumMs - startedMs;
    if (heard) this.answeredMs = nowMs;
  }

  /** The head of a stream has come. */
  headed(startedMs: number, nowMs: number): void {
    this.finished(startedMs, nowMs, true);
    this.streams += 1;
  }

  get underWay(): number {
    return this.inFlight + this.streams;
  }

  /** Its place in the order of turns is worth nothing once it was away. */
  loseTurn(): void {
    this.credit = 0;
    this.dueAt = Number.NaN;
  }

  /**
   * The member as it is at `nowMs`, whatever was announced last. Looks at nobody else and changes nothing.
   * @param epochMs the epoch on the clock of `nowMs`: add it to get milliseconds since the epoch
   */
  view(nowMs: number, epochMs: number, slowStartMs: number): InstanceView {
    const { presence, health, slowSinceMs, warmingSinceMs } = this;
    const { ejection, failures } = health;
    const overrides = stillInForce(this.overrides, nowMs);
    const { state, reason } = stateOf({ presence, overrides, health, slowSinceMs }, nowMs);
    const weight = overrides.weight?.weight ?? this.options.weight;
    return {
      id: this.id,
      url: this.url,
      state,
      reason,
      weight,
      tier: this.options.tier,
      zone: this.options.zone,
      ...(this.options.tags !== undefined && { tags: this.options.tags }),
      inFlight: this.underWay,
      effectiveWeight: weight * this.adaptive.factor * warmth(warmingSinceMs, nowMs, slowStartMs),
      adaptiveWeight: this.adaptive.factor,
      adaptiveReason: this.adaptive.reason,
      utilization: this.load.utilization(nowMs),
      ewmaMs: this.latency.known ? this.latency.at(nowMs) : null,
      ejectedUntil: ejection === null ? null : ejection.untilMs + epochMs,
      consecutiveFailures: failures,
      lastCheck: this.lastCheck,
      overrides: viewOverrides(overrides, epochMs),
    };
  }
}
