import { inBackground } from '../../background';
import { announce } from '../../events';
import type { Clock } from '../clock';
import type { Instance } from '../instance';
import type { HealthCheckOptions, PoolOptions } from '../options';
import { announceOwnFault } from '../own-fault';
import { Checker } from './checker';
import type { CheckResult } from './verdict';

export interface ChecksSite {
  readonly clock: Clock;
  readonly random: () => number;
  /** As they are now. */
  readonly options: () => PoolOptions;
  /** Nobody has asked the pool for a while. */
  readonly idle: () => boolean;
  readonly onChecked: (instance: Instance, result: CheckResult, options: HealthCheckOptions) => void;
}

/** The health checks of one pool: a checker for each instance that is to be checked. */
export class Checks {
  readonly #site: ChecksSite;
  readonly #checkers = new Map<Instance, Checker>();
  /** Those that an operator works on: they are not checked. */
  readonly #maintained = new Set<Instance>();

  constructor(site: ChecksSite) {
    this.#site = site;
  }

  /** Starts checking an instance, or starts anew with other options; stops where it is not to be checked. */
  restart(instance: Instance): void {
    const before = this.#checkers.get(instance);
    if (before !== undefined) inBackground('health check', before.stop());
    this.#checkers.delete(instance);
    const { healthCheck } = this.#site.options();
    if (instance.presence !== 'present' || instance.inMaintenance) return;
    if (healthCheck === null) instance.health = { ...instance.health, check: 'pass', checkStreak: 0, drift: null };
    else this.#checkers.set(instance, this.#checkerOf(instance, healthCheck));
  }

  /** News of an instance: its next check may be due sooner than was planned. */
  hurry(instance: Instance): void {
    this.#checkers.get(instance)?.hurry();
  }

  hurryAll(): void {
    for (const checker of this.#checkers.values()) checker.hurry();
  }

  /** Nobody checks what is being worked on; afterwards nothing is known of it. */
  maintain(instance: Instance): void {
    const paused = this.#maintained.has(instance);
    if (instance.inMaintenance === paused) return;
    if (paused) this.#maintained.delete(instance);
    else {
      this.#maintained.add(instance);
      instance.forget(this.#site.options().healthCheck === null ? 'pass' : 'unknown', this.#site.clock());
    }
    this.restart(instance);
  }

  /** The instance is gone. */
  forget(instance: Instance): void {
    this.#maintained.delete(instance);
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#checkers.values(), (checker) => checker.stop()));
  }

  #checkerOf(instance: Instance, healthCheck: HealthCheckOptions): Checker {
    const { clock, random, options, idle, onChecked } = this.#site;
    return new Checker(instance, {
      options: healthCheck,
      target: {
        dispatcher: instance.connect(options(), 1),
        headers: instance.ownHeaders,
        pathFor: (path) => instance.pathFor(path),
      },
      random,
      clock,
      expectedSdl: () => options().sdlHash ?? null,
      idle,
      onOwnFault: (error) => announceOwnFault(options().name, instance, 'check', error),
      onChecked: ({ reason, ...result }, durationMs) => {
        const { verdict, detail } = result;
        const passed = verdict === 'pass';
        instance.lastCheck = { passed, at: Date.now(), durationMs, detail, reason };
        const { name: pool } = options();
        announce('check.finished', { pool, instance: instance.id, passed, durationMs, detail, reason });
        onChecked(instance, result, healthCheck);
      },
    });
  }
}
