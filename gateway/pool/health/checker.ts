import type { Instance } from '../instance';
import type { HealthCheckOptions, PoolOptions } from '../options';
import { type Probe, probe } from './probe';
import { nextCheckMs } from './schedule';

/** Checks one instance again and again, on a connection of its own. The first check is made at once. */
export class Checker {
  readonly #instance: Instance;
  readonly #options: HealthCheckOptions;
  readonly #connections: Instance['connections'];
  readonly #random: () => number;
  readonly #onChecked: (passed: boolean) => void;
  #timer: NodeJS.Timeout | undefined;
  #running: Probe | undefined;
  #stopped = false;

  constructor(
    instance: Instance,
    pool: PoolOptions,
    options: HealthCheckOptions,
    random: () => number,
    onChecked: (passed: boolean) => void,
  ) {
    this.#instance = instance;
    this.#options = options;
    this.#connections = instance.connect(pool, 1);
    this.#random = random;
    this.#onChecked = onChecked;
    void this.#check();
  }

  /** After an ejection: the next check is due sooner than was planned. */
  hurry(): void {
    if (this.#running === undefined && !this.#stopped) this.#schedule();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#running?.cancel();
    await this.#connections.destroy();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const delayMs = nextCheckMs(this.#instance.health, this.#options, this.#random());
    this.#timer = setTimeout(() => void this.#check(), delayMs).unref();
  }

  async #check(): Promise<void> {
    this.#running = probe(this.#connections, this.#options, (path) => this.#instance.pathFor(path));
    const passed = await this.#running.passed;
    this.#running = undefined;
    if (this.#stopped) return;
    this.#onChecked(passed);
    this.#schedule();
  }
}
