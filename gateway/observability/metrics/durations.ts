import { Histogram, type Registry } from 'prom-client';

export interface DurationOptions {
  readonly name: string;
  readonly help: string;
  /** The only label. */
  readonly label: string;
  /** Upper bounds in seconds, ascending. */
  readonly buckets: readonly number[];
}

interface Series {
  /** Of each bucket alone; what is longer than all of them is in the last place. */
  readonly counts: number[];
  sum: number;
}

type Sample = Awaited<ReturnType<Histogram['get']>>['values'][number];

/**
 * A histogram of one label that is counted in arrays of its own, and shown to Prometheus when it asks. prom-client checks and
 * hashes its labels at each observation.
 */
export class Durations {
  readonly #series = new Map<string, Series>();
  readonly #options: DurationOptions;

  constructor(registry: Registry, options: DurationOptions) {
    this.#options = options;
    const { name, help, label, buckets } = options;
    const values = () => [...this.#values()];
    class OwnValues extends Histogram {
      /** Missing in the types of prom-client: what the registry shows comes from here, also by way of `get`. */
      getForPromString() {
        return { name, help, type: 'histogram', aggregator: 'sum', values: values() };
      }
    }
    registry.registerMetric(new OwnValues({ name, help, labelNames: [label], buckets: [...buckets], registers: [] }));
  }

  /** @param value of the label; no free text */
  observe(value: string, seconds: number): void {
    const { buckets } = this.#options;
    let series = this.#series.get(value);
    if (series === undefined) {
      series = { counts: new Array<number>(buckets.length + 1).fill(0), sum: 0 };
      this.#series.set(value, series);
    }
    let at = 0;
    while (at < buckets.length && seconds > (buckets[at] ?? 0)) at += 1;
    series.counts[at] = (series.counts[at] ?? 0) + 1;
    series.sum += seconds;
  }

  *#values(): Generator<Sample> {
    const { name, label, buckets } = this.#options;
    for (const [value, { counts, sum }] of this.#series) {
      const labels = { [label]: value };
      let below = 0;
      for (const [at, count] of counts.entries()) {
        below += count;
        yield { metricName: `${name}_bucket`, labels: { le: buckets[at] ?? '+Inf', ...labels }, value: below };
      }
      yield { metricName: `${name}_sum`, labels, value: sum };
      yield { metricName: `${name}_count`, labels, value: below };
    }
  }
}
