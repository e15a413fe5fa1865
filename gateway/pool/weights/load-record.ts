import type { Outcome } from '../health/health';
import { type LoadReport, parseLoadReport, utilizationOf } from './load-report';

/** How far back an instance is judged: older requests fade with this time constant. */
const MEMORY_MS = 10_000;
/** A report that was not renewed for this long says nothing about now. */
const REPORT_MS_MAX = 10_000;

/** Figures of one instance, for the slow loop. */
export interface LoadFigures {
  /** Requests remembered, the faded ones as fractions. */
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly latencyMs: number | null;
  /** In [0, 1]. */
  readonly errorShare: number;
  /** As the instance reports it; null when it does not, or not any more. */
  readonly utilization: number | null;
}

/** Counts the requests of one instance. `count` and `hear` run for every attempt and cost next to nothing. */
export class LoadRecord {
  #requests = 0;
  #failures = 0;
  #latencyMs = 0;
  /** What is reported, faded like the requests: a rate over a utilisation compares the same stretch of time. */
  #utilization: number | null = null;
  #reportedRate: number | null = null;
  readonly #startedMs: number;
  #fadedMs: number;
  #header: string | null = null;
  #heardMs = Number.NEGATIVE_INFINITY;
  #read: { readonly header: string; readonly report: LoadReport | null } | null = null;

  constructor(nowMs: number) {
    this.#startedMs = nowMs;
    this.#fadedMs = nowMs;
  }

  /** Being asked for less counts like a failure here; an attempt that we gave up or failed ourselves does not count. */
  count(outcome: Outcome, durationMs: number): void {
    if (outcome === 'cancelled' || outcome === 'local') return;
    this.#requests += 1;
    if (outcome === 'ok' || outcome === 'app-error') this.#latencyMs += durationMs;
    else this.#failures += 1;
  }

  /** Takes the load header of an answer; it is read when somebody asks. */
  hear(header: string | readonly string[] | undefined, nowMs: number): void {
    if (header === undefined) return;
    this.#header = typeof header === 'string' ? header : (header[0] ?? null);
    this.#heardMs = nowMs;
  }

  /** The newest report, null when there is none or it is too old. */
  report(nowMs: number): LoadReport | null {
    const header = this.#header;
    if (header === null || nowMs - this.#heardMs > REPORT_MS_MAX) return null;
    if (this.#read?.header !== header) this.#read = { header, report: parseLoadReport(header) };
    return this.#read.report;
  }

  /** How busy the instance says it is, 1 is fully; null when it does not say. */
  utilization(nowMs: number): number | null {
    const report = this.report(nowMs);
    return report === null ? null : utilizationOf(report);
  }

  /** Lets what happened before fade, and gives the figures. To be called about once a second. */
  figures(nowMs: number): LoadFigures {
    const kept = this.#fade(nowMs);
    const report = this.report(nowMs);
    this.#utilization = smooth(this.#utilization, report === null ? null : utilizationOf(report), kept);
    this.#reportedRate = smooth(this.#reportedRate, report?.requestsPerSecond ?? null, kept);
    const answered = this.#requests - this.#failures;
    return {
      requests: this.#requests,
      requestsPerSecond: this.#reportedRate ?? this.#requests / this.#rememberedSeconds(nowMs),
      // Less than one answer is remembered after a minute without any: too old to compare.
      latencyMs: answered < 1 ? null : this.#latencyMs / answered,
      errorShare: this.#requests === 0 ? 0 : this.#failures / this.#requests,
      utilization: this.#utilization,
    };
  }

  /** Of a steady stream, the requests of so many seconds are remembered: fewer while the record is young. */
  #rememberedSeconds(nowMs: number): number {
    const ageMs = Math.max(1, nowMs - this.#startedMs);
    return (MEMORY_MS / 1_000) * (1 - Math.exp(-ageMs / MEMORY_MS));
  }

  /** @returns the share of what happened before that is still remembered */
  #fade(nowMs: number): number {
    const kept = Math.exp(-Math.max(0, nowMs - this.#fadedMs) / MEMORY_MS);
    this.#fadedMs = nowMs;
    this.#requests *= kept;
    this.#failures *= kept;
    this.#latencyMs *= kept;
    return kept;
  }
}

function smooth(before: number | null, now: number | null, kept: number): number | null {
  return now === null || before === null ? now : before * kept + now * (1 - kept);
}
