/** One request as its client saw it. */
export interface Sample {
  readonly id: string;
  /** When it should have been sent, on the clock of `performance.now()`. */
  readonly dueMs: number;
  /** From then to its end. */
  readonly latencyMs: number;
  readonly ok: boolean;
  /** Code of the error in the answer; a status, or what broke, where there is none. Empty when it went well. */
  readonly failure: string;
}

/** The latency that `share` in [0, 1] of those that succeeded did not exceed, in ms; NaN of none. */
export function quantileMs(samples: readonly Sample[], share: number): number {
  const sorted = samples
    .filter(({ ok }) => ok)
    .map(({ latencyMs }) => latencyMs)
    .sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export function failed(samples: readonly Sample[]): number {
  return samples.filter(({ ok }) => !ok).length;
}

/** How long after `wellMs` a request was due that failed all the same, in ms; 0 when none was. */
export function backAfterMs(samples: readonly Sample[], wellMs: number): number {
  return samples.reduce((last, { dueMs, ok }) => (ok ? last : Math.max(last, dueMs - wellMs)), 0);
}

/** How many ids were executed more than once, by the executions of all instances. */
export function executedTwice(executed: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const id of executed) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts.values()].filter((count) => count > 1).length;
}

/** `3 × 502, 1 × ECONNRESET`; empty when nothing failed. */
export function describeFailures(samples: readonly Sample[]): string {
  const counts = new Map<string, number>();
  for (const { ok, failure } of samples) if (!ok) counts.set(failure, (counts.get(failure) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([failure, count]) => `${count} × ${failure}`)
    .join(', ');
}

/** Sum of the values of a metric in Prometheus' text whose labels have all of these texts. */
export function metricSum(text: string, name: string, ...labels: readonly string[]): number {
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  const fitting = lines.filter((line) => labels.every((label) => line.includes(label)));
  return fitting.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
