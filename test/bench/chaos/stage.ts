import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { Children } from '../children';
import { runArrivals } from './arrivals';
import { type Behaviour, type Counts, WELL } from './faults';
import { Instance } from './instance';
import { metricsOf } from './targets/headgate';
import type { RunningTarget, Target } from './targets/target';

const INSTANCES = 3;
const WARMUP_MS = 1_500;
const WARMUP_PER_SECOND = 200;
/** Until everybody's first health checks are through. */
const WARMUP_ROUNDS_MAX = 4;

export interface StageOptions {
  readonly shaping?: Readonly<Record<string, string>>;
  readonly behaviour?: Partial<Behaviour>;
}

/** What runs while one row is measured once. */
export class Stage {
  readonly instances: readonly Instance[];
  readonly target: RunningTarget;

  private constructor(instances: readonly Instance[], target: RunningTarget) {
    this.instances = instances;
    this.target = target;
  }

  /** Starts everything and asks for a while, so that connections are open and latencies known. */
  static async open(children: Children, folder: string, target: Target, options: StageOptions): Promise<Stage> {
    const behaviour = { ...WELL, ...options.behaviour };
    const instances = Array.from({ length: INSTANCES }, () => new Instance(children));
    await Promise.all(instances.map((instance) => instance.start(behaviour)));
    const site = { children, instances, folder: mkdtempSync(join(folder, 'stage-')), shaping: options.shaping ?? {} };
    const stage = new Stage(instances, await target.start(site));
    await stage.#warmUp();
    return stage;
  }

  get url(): string {
    return this.target.url;
  }

  instance(at: number): Instance {
    const instance = this.instances[at];
    if (instance === undefined) throw new Error(`there is no instance ${at}`);
    return instance;
  }

  behave(changes: Partial<Behaviour>): Promise<readonly Counts[]> {
    return Promise.all(this.instances.map((instance) => instance.behave(changes)));
  }

  /** What each received since it was asked before. */
  count(): Promise<readonly Counts[]> {
    return Promise.all(this.instances.map((instance) => instance.count()));
  }

  /** Headgate's metrics; empty for others. */
  async metrics(): Promise<string> {
    return this.target.admin === null ? '' : await metricsOf(this.target);
  }

  async close(): Promise<void> {
    for (const instance of this.instances) instance.resume();
    await Promise.all([this.target.stop(), ...this.instances.map((instance) => instance.kill())]);
  }

  async #warmUp(): Promise<void> {
    for (let round = 0; round < WARMUP_ROUNDS_MAX; round += 1) {
      const samples = await runArrivals(this.url, WARMUP_MS, { perSecond: WARMUP_PER_SECOND });
      if (samples.every(({ ok }) => ok)) break;
    }
    await this.count();
  }
}

export function requestsOf(counts: readonly Counts[]): number {
  return counts.reduce((sum, { requests }) => sum + requests, 0);
}
