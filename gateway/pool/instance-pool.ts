import { setMaxListeners } from 'node:events';
import { HeadgateError } from '../errors';
import { announce, listened } from '../events';
import { Call, type CallSite } from './call';
import type { Clock } from './clock';
import { ConcurrencyLimit } from './concurrency-limit';
import { Checker } from './health/checker';
import type { Health, Outcome } from './health/health';
import { afterCheck, afterOutcome } from './health/verdict';
import { Instance } from './instance';
import type { InstanceOptions, PoolOptions } from './options';
import { POLICIES } from './policies/policies';
import type { InstanceView, Pool, PoolAnswer, PoolRequest } from './pool';
import { RetryBudget } from './retry-budget';
import { buildRoster, hasAlternative, pick, type Roster } from './roster';
import { NOT_SPARED, spareable } from './spare';
import { stateOf } from './state';

/** What a removed instance gets to finish its requests. */
const DRAIN_MS_MAX = 30_000;

/** A pool of the instances in `options`, health checks running. The caller closes it. */
export function createPool(
  options: PoolOptions,
  clock: Clock = () => performance.now(),
  random: () => number = Math.random,
): Pool {
  return new InstancePool(options, clock, random);
}

class InstancePool implements Pool, CallSite {
  readonly name: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly budget: RetryBudget;
  /** By URL; those that drain included. */
  readonly #instances = new Map<string, Instance>();
  readonly #checkers = new Map<Instance, Checker>();
  readonly #drains = new Map<Instance, NodeJS.Timeout>();
  readonly #closedListeners = new Set<() => void>();
  readonly #limit: ConcurrencyLimit;
  #options: PoolOptions;
  #roster: Roster = { levels: [], nextChangeMs: Number.POSITIVE_INFINITY };
  #closing: Promise<void> | undefined;
  /** The grace period of a pool that closes is over. */
  #cutOff = false;

  constructor(options: PoolOptions, clock: Clock, random: () => number) {
    this.name = options.name;
    this.clock = clock;
    this.random = random;
    this.#options = options;
    this.budget = new RetryBudget(clock());
    this.#limit = new ConcurrencyLimit(options.name, options.concurrency.max, options.concurrency.queue);
    for (const instance of options.instances) this.#join(instance);
    this.#refresh();
  }

  get retry() {
    return this.#options.retry;
  }

  get open(): boolean {
    return !this.#cutOff;
  }

  request(request: PoolRequest): Promise<PoolAnswer> {
    if (this.#closing !== undefined)
      return Promise.reject(new HeadgateError('SUBGRAPH_UNREACHABLE', `${this.name} is closed`));
    const { signal } = request;
    if (signal?.aborted) return Promise.reject(new HeadgateError('REQUEST_CANCELLED', 'the client went away'));
    // One client request listens once for each subgraph call that runs; a warning about a leak would be wrong.
    if (signal !== undefined) setMaxListeners(0, signal);
    if (this.#limit.tryEnter()) return Call.run(this, request);
    return this.#limit.wait(request.deadlineAt - this.clock(), signal).then(() => Call.run(this, request));
  }

  instances(): readonly InstanceView[] {
    this.#refresh();
    return Array.from(this.#instances.values(), (instance) => instance.view());
  }

  // What a call needs.

  pick(tried: ReadonlySet<Instance>, repeatable: boolean): Instance | null {
    if (this.clock() >= this.#roster.nextChangeMs) this.#refresh();
    return pick(this.#roster, tried, repeatable, POLICIES[this.#options.policy], this.random);
  }

  hasAlternative(tried: ReadonlySet<Instance>, repeatable: boolean): boolean {
    return hasAlternative(this.#roster, tried, repeatable);
  }

  started(instance: Instance): void {
    instance.inFlight += 1;
  }

  finished(instance: Instance, outcome: Outcome, attempt: number, startedMs: number): void {
    instance.inFlight -= 1;
    const nowMs = this.clock();
    const durationMs = nowMs - startedMs;
    const options = this.#options.outlierDetection;
    const good = outcome === 'ok' || outcome === 'app-error';
    if (good) {
      this.budget.succeeded(this.#options.retry);
      instance.observeLatency(durationMs);
    }
    // Only a failure can eject: a success need not look at all the others.
    const spare = good ? NOT_SPARED : spareable(this.#instances.values(), instance, options?.maxEjectionShare ?? 0);
    const circumstances = { nowMs, startedMs, options, spare, chance: good ? 0 : this.random() };
    this.#believe(instance, afterOutcome(instance.health, outcome, circumstances));
    if (listened('attempt.finished')) {
      announce('attempt.finished', { pool: this.name, instance: instance.id, outcome, attempt, durationMs });
    }
    if (instance.presence === 'terminating' && instance.inFlight === 0) this.#remove(instance);
  }

  onClosed(listener: () => void): () => void {
    this.#closedListeners.add(listener);
    return () => this.#closedListeners.delete(listener);
  }

  left(): void {
    this.#limit.leave();
  }

  // Who belongs to the pool.

  update(options: PoolOptions): void {
    if (this.#closing !== undefined) return;
    const before = this.#options;
    this.#options = options;
    this.#limit.resize(options.concurrency.max, options.concurrency.queue);
    const wanted = new Map(options.instances.map((instance) => [instance.url, instance]));
    for (const [url, instance] of this.#instances) if (!wanted.has(url)) this.#drain(instance);
    for (const instance of wanted.values()) this.#join(instance);
    this.#applyToConnections(before, options);
    this.#refresh();
  }

  #applyToConnections(before: PoolOptions, options: PoolOptions): void {
    const reconnect = connectionShape(before) !== connectionShape(options);
    const recheck = JSON.stringify(before.healthCheck) !== JSON.stringify(options.healthCheck);
    for (const instance of this.#instances.values()) {
      if (reconnect) instance.reconnect(options);
      if (reconnect || recheck) this.#check(instance);
    }
  }

  close(graceMs: number): Promise<void> {
    this.#closing ??= this.#close(graceMs);
    return this.#closing;
  }

  #join(options: InstanceOptions): void {
    const known = this.#instances.get(options.url);
    if (known !== undefined) {
      known.options = options;
      this.#cancelDrain(known);
      return;
    }
    const instance = new Instance(options, this.#options, this.clock());
    this.#instances.set(options.url, instance);
    this.#check(instance);
  }

  /** Starts checking an instance, or starts anew with other options. */
  #check(instance: Instance): void {
    void this.#checkers.get(instance)?.stop();
    this.#checkers.delete(instance);
    const { healthCheck } = this.#options;
    if (instance.presence !== 'present') return;
    if (healthCheck === null) {
      instance.health = { ...instance.health, check: 'pass', checkStreak: 0 };
      return;
    }
    const onChecked = (passed: boolean) =>
      this.#believe(instance, afterCheck(instance.health, passed, this.clock(), healthCheck));
    this.#checkers.set(instance, new Checker(instance, this.#options, healthCheck, this.random, onChecked));
  }

  #drain(instance: Instance): void {
    if (instance.presence !== 'present') return;
    instance.presence = 'terminating';
    this.#check(instance);
    if (instance.inFlight === 0) this.#remove(instance);
    else this.#drains.set(instance, setTimeout(() => this.#remove(instance), DRAIN_MS_MAX).unref());
  }

  #cancelDrain(instance: Instance): void {
    if (instance.presence !== 'terminating') return;
    clearTimeout(this.#drains.get(instance));
    this.#drains.delete(instance);
    instance.presence = 'present';
    this.#check(instance);
  }

  #remove(instance: Instance): void {
    clearTimeout(this.#drains.get(instance));
    this.#drains.delete(instance);
    instance.presence = 'gone';
    this.#show(instance);
    this.#instances.delete(instance.url);
    void instance.destroy();
  }

  async #close(graceMs: number): Promise<void> {
    const stopped = Array.from(this.#checkers.values(), (checker) => checker.stop());
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    await Promise.race([this.#limit.whenIdle(), grace]);
    clearTimeout(timer);
    this.#cutOff = true;
    this.#limit.refuseAll(new HeadgateError('SUBGRAPH_UNREACHABLE', `${this.name} is closed`));
    for (const drain of this.#drains.values()) clearTimeout(drain);
    const destroyed = Array.from(this.#instances.values(), (instance) => instance.destroy());
    for (const listener of [...this.#closedListeners]) listener();
    await Promise.all([...stopped, ...destroyed]);
  }

  // What is believed of the instances.

  #believe(instance: Instance, health: Health): void {
    const before = instance.health;
    instance.health = health;
    if (before.check === health.check && before.ejection === health.ejection) return;
    this.#refresh();
    if (health.ejection !== null) this.#checkers.get(instance)?.hurry();
  }

  /** Derives every state anew, announces what changed, and replaces the list of who may be picked. */
  #refresh(): void {
    for (const instance of this.#instances.values()) this.#show(instance);
    this.#roster = buildRoster(this.#instances.values());
  }

  #show(instance: Instance): void {
    const next = stateOf(instance.presence, instance.health, this.clock());
    const before = instance.shown;
    instance.shown = next;
    if (before.state === next.state) return;
    const { state: to, reason } = next;
    announce('instance.changed', { pool: this.name, instance: instance.id, from: before.state, to, reason });
  }
}

function connectionShape({ connections, idleTimeoutMs, tls }: PoolOptions): string {
  return JSON.stringify([connections, idleTimeoutMs, tls]);
}
