import { announce, listened } from '../events';
import type { AttemptResult } from './attempt';
import type { Balancer } from './balancer';
import type { Counted } from './call';
import type { Clock } from './clock';
import { codeOf } from './error-code';
import { type Failure, failureOf } from './failure';
import type { Checks } from './health/checks';
import type { Instance } from './instance';
import { BLOCKED_MS, loopLag, lostTooMuch } from './loop-lag';
import type { PoolOptions } from './options';
import { outcomeOf } from './outcome';
import { announceOwnFault } from './own-fault';
import { retryAfterMs } from './retry-after';
import type { RetryBudget } from './retry-budget';
import { LOAD_HEADER } from './weights/load-report';

export interface RecordSite {
  readonly name: string;
  readonly clock: Clock;
  readonly budget: RetryBudget;
  readonly balancer: Balancer<Instance>;
  readonly checks: Checks;
  /** As they are now. */
  readonly options: () => PoolOptions;
  /** A request of the instance ended. */
  readonly ended: (instance: Instance) => void;
}

/** Records what attempts tell of their instances, and of the pool, as they begin and end. */
export class AttemptRecords {
  readonly #site: RecordSite;

  constructor(site: RecordSite) {
    this.#site = site;
  }

  /** @returns what the event loop has lost so far: a reading of `LoopLag` */
  started(instance: Instance, nowMs: number): number {
    instance.started(nowMs);
    return loopLag.enter();
  }

  /** The head of a stream has come. */
  headed(running: Counted): void {
    const { instance, startedMs, blockedMs } = running;
    const nowMs = this.#site.clock();
    running.head = { durationMs: nowMs - startedMs, lostMs: loopLag.blockedSince(blockedMs) };
    loopLag.leave();
    instance.headed(startedMs, nowMs);
  }

  /** Whether this process itself lost time since the attempt was started. */
  wasBlocked({ blockedMs, startedMs }: Counted): boolean {
    return lostTooMuch(loopLag.blockedSince(blockedMs), this.#site.clock() - startedMs);
  }

  finished(running: Counted, result: AttemptResult): void {
    const { clock, budget, balancer, checks, options, ended } = this.#site;
    const { instance, attempt, head } = running;
    const nowMs = clock();
    // Of a stream it counts how long its head took, and when it ended.
    const durationMs = head?.durationMs ?? nowMs - running.startedMs;
    const startedMs = head === undefined ? running.startedMs : nowMs - durationMs;
    const outcome = outcomeOf(result, attempt.sent, instance);
    const failure = failureOf(result);
    const lostMs = head?.lostMs ?? loopLag.blockedSince(running.blockedMs);
    if (head === undefined) loopLag.leave();
    const late = outcome === 'timeout' || isConnectTimeout(result);
    const excused = outcome === 'local' || (late && lostTooMuch(lostMs, durationMs));
    if (head !== undefined) instance.streams -= 1;
    else instance.finished(startedMs, nowMs, !late && outcome !== 'local' && outcome !== 'cancelled');
    if (outcome === 'ok' || outcome === 'app-error') budget.succeeded(options().retry);
    if (!excused) instance.load.count(outcome, durationMs);
    if (result.kind === 'answer') instance.load.hear(result.headers[LOAD_HEADER], nowMs);
    balancer.observe(instance, {
      outcome,
      startedMs,
      nowMs,
      blocked: !late && lostMs > BLOCKED_MS,
      excused,
      failure,
      restMs:
        outcome === 'overload' && result.kind === 'answer'
          ? retryAfterMs(result.headers['retry-after'], Date.now())
          : null,
    });
    // An instance that a check took out has just answered: the check should look again.
    if (outcome === 'ok' && instance.health.check === 'fail') checks.hurry(instance);
    this.#tell(running, result, outcome, failure, durationMs);
    ended(instance);
  }

  #tell(
    { id, instance, number, kind }: Counted,
    result: AttemptResult,
    outcome: string,
    failure: Failure | null,
    durationMs: number,
  ): void {
    const { name: pool } = this.#site;
    if (result.kind === 'local') announceOwnFault(pool, instance, 'call', result.error, id);
    if (!listened('attempt.finished')) return;
    announce('attempt.finished', {
      id,
      pool,
      instance: instance.id,
      outcome,
      attempt: number,
      kind,
      durationMs,
      reason: failure?.reason ?? null,
      code: failure?.code ?? null,
    });
  }
}

function isConnectTimeout(result: AttemptResult): boolean {
  return result.kind === 'connect' && codeOf(result.error) === 'UND_ERR_CONNECT_TIMEOUT';
}
