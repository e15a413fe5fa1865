import { inBackground } from '../../background';
import { loopLag, lostTooMuch } from '../loop-lag';
import type { HealthCheckOptions } from '../options';
import type { Health } from './health';
import { type Probe, type ProbeResult, type ProbeTarget, probe } from './probe';
import { nextCheckMs } from './schedule';

/** Every so many checks the schema is compared. */
const COMPARED_EVERY = 12;

/** Instance as its checker sees it. */
export interface CheckedInstance {
  readonly health: Health;
}

export interface CheckerSite {
  readonly options: HealthCheckOptions;
  /** On a connection of its own; closed by the checker. */
  readonly target: ProbeTarget;
  readonly random: () => number;
  readonly clock: () => number;
  /** Hash of the schema that the instance should have; null when nobody knows. */
  readonly expectedSdl: () => string | null;
  /** Nobody has asked the pool for a while. */
  readonly idle: () => boolean;
  readonly onChecked: (result: ProbeResult, durationMs: number) => void;
  /** This process could not make the check: nothing is known. */
  readonly onOwnFault: (error: Error) => void;
}

/** Checks one instance again and again. The first check is made at once. */
export class Checker {
  readonly #instance: CheckedInstance;
  readonly #site: CheckerSite;
  #timer: NodeJS.Timeout | undefined;
  #running: Probe | undefined;
  #stopped = false;
  #checks = 0;
  /** What the schema was compared with last. */
  #compared: string | null = null;

  constructor(instance: CheckedInstance, site: CheckerSite) {
    this.#instance = instance;
    this.#site = site;
    inBackground('health check', this.#check());
  }

  /** News of the instance: the next check may be due sooner than was planned. */
  hurry(): void {
    if (this.#running === undefined && !this.#stopped) this.#schedule();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#running?.cancel();
    await this.#site.target.dispatcher.destroy();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const { options, idle, random } = this.#site;
    const delayMs = nextCheckMs(this.#instance.health, options, idle(), random());
    this.#timer = setTimeout(() => inBackground('health check', this.#check()), delayMs).unref();
  }

  async #check(): Promise<void> {
    const { target, options, expectedSdl, clock, onChecked, onOwnFault } = this.#site;
    const expected = expectedSdl();
    const compares = this.#checks % COMPARED_EVERY === 0 || expected !== this.#compared;
    this.#checks += 1;
    const startedMs = clock();
    const reading = loopLag.enter();
    this.#running = probe(target, options, compares ? expected : null);
    const { timedOut, ownFault, ...result } = await this.#running.result;
    const durationMs = clock() - startedMs;
    const isOurFault = ownFault !== null || (timedOut && lostTooMuch(loopLag.blockedSince(reading), durationMs));
    loopLag.leave();
    this.#running = undefined;
    if (this.#stopped) return;
    if (ownFault !== null) onOwnFault(ownFault);
    if (compares) this.#compared = result.verdict === 'pass' ? expected : null;
    // With nothing to compare with nothing can differ.
    if (!isOurFault) onChecked(expected === null ? { ...result, drift: null } : result, durationMs);
    this.#schedule();
  }
}
