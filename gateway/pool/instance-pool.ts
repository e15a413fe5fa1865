import type { Dispatcher } from 'undici';
import { inBackground } from '../background';
import { HeadgateError } from '../errors';
import { announce, listened } from '../events';
import type { AttemptResult } from './attempt';
import { Balancer } from './balancer';
import { Call, type CallSite, type Counted, type Hedging } from './call';
import type { Clock } from './clock';
import { ConcurrencyLimit } from './concurrency-limit';
import { Drains } from './drains';
import { codeOf } from './error-code';
import { failureOf } from './failure';
import { Grace } from './grace';
import { Checks } from './health/checks';
import { HedgeBudget } from './hedge-budget';
import { type Connect, connectSockets, Instance } from './instance';
import { BLOCKED_MS, loopLag, lostTooMuch } from './loop-lag';
import { MIRRORS_MAX, Mirrors } from './mirrors';
import type { InstanceOptions, PoolOptions } from './options';
import { outcomeOf } from './outcome';
import { afterOverride } from './overrides';
import { announceOwnFault } from './own-fault';
import type { Pick } from './pick';
import type {
  Choice,
  InstanceView,
  MirrorRequest,
  Override,
  Pool,
  PoolAnswer,
  PoolRequest,
  PoolStream,
  PreparedUpdate,
  StreamRequest,
} from './pool';
import { retryAfterMs } from './retry-after';
import { RetryBudget } from './retry-budget';
import type { InstanceState } from './state';
import { StreamCall, type StreamSite } from './stream-call';
import { AdaptiveWeights } from './weights/adaptive-weights';
import { LOAD_HEADER } from './weights/load-report';

/** What a removed instance gets to finish its requests. */
const DRAIN_MS_MAX = 30_000;
/** Streams that are open at once, each on a connection of its own. */
const STREAMS_MAX = 1_000;
/** With less time left nobody answers. */
const LEFT_MS_MIN = 2;
/** Timers take no longer delays. */
const TIMER_MS_MAX = 2 ** 31 - 1;
/** After so long without a request a pool counts as idle. */
const IDLE_AFTER_MS = 60_000;
/** An instance is suspected to hang after so many times what nearly all answers take. */
const SUSPECT_FACTOR = 4;
const SUSPECT_MS_MIN = 200;
/** As long as it is not known what answers take. */
const SUSPECT_MS_UNKNOWN = 2_000;

/** A pool of the instances in `options`, health checks running. The caller closes it. */
export function createPool(
  options: PoolOptions,
  clock: Clock = () => performance.now(),
  random: () => number = Math.random,
  connect: Connect = connectSockets,
): Pool {
  return new InstancePool(options, clock, random, connect);
}

class InstancePool implements Pool, CallSite, StreamSite {
  readonly name: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly budget: RetryBudget;
  readonly #balancer: Balancer<Instance>;
  readonly #connect: Connect;
  readonly #checks: Checks;
  readonly #drains: Drains;
  readonly #closedListeners = new Set<() => void>();
  readonly #limit: ConcurrencyLimit;
  readonly #streamLimit: ConcurrencyLimit;
  readonly #hedgeBudget = new HedgeBudget();
  readonly #weights: AdaptiveWeights<Instance>;
  readonly #mirrors: Mirrors;
  #options: PoolOptions;
  #askedMs: number;
  #closing: Promise<void> | undefined;
  readonly #grace = new Grace();
  /** Ends ejections and an operator's override on time when nobody asks. */
  #wake: NodeJS.Timeout | undefined;
  #wakeAtMs = Number.POSITIVE_INFINITY;
  /** The grace period of a pool that closes is over. */
  #cutOff = false;

  constructor(options: PoolOptions, clock: Clock, random: () => number, connect: Connect) {
    this.name = options.name;
    this.clock = clock;
    this.random = random;
    this.#connect = connect;
    this.#options = options;
    this.#askedMs = clock();
    this.budget = new RetryBudget(clock());
    this.#limit = new ConcurrencyLimit(options.name, options.concurrency.max, options.concurrency.queue, clock);
    this.#streamLimit = new ConcurrencyLimit(options.name, STREAMS_MAX, 0, clock);
    this.#checks = new Checks({
      clock,
      random,
      options: () => this.#options,
      idle: () => this.#idleAt(this.clock()),
      onChecked: (instance, result, healthCheck) => this.#balancer.checked(instance, result, healthCheck),
    });
    this.#drains = new Drains({ name: options.name, clock, ended: (instance) => this.#drained(instance) });
    this.#balancer = new Balancer(options, clock, random, {
      onChanged: (instance, before) => this.#changed(instance, before),
      onRefreshed: () => {
        this.#resizeLimit();
        for (const instance of this.#members()) this.#checks.maintain(instance);
        this.#wakeAtNextTurn();
      },
    });
    this.#weights = new AdaptiveWeights({
      name: options.name,
      clock,
      members: () => this.#members(),
      standing: ({ givenWeight, shown, warmingSinceMs, options: { tier } }) => ({
        weight: givenWeight,
        comparable: shown.standing === 'well' && warmingSinceMs === null,
        group: tier,
      }),
      panicked: () => this.#balancer.panic,
      reweighed: () => this.#balancer.refresh(this.clock()),
    });
    this.#mirrors = new Mirrors({
      name: options.name,
      random,
      instances: () => this.#members(),
      connectionsOf: (instance) => instance.connectionsForMirrors(this.#options, MIRRORS_MAX),
    });
    this.#weights.enable(options.adaptiveWeights);
    for (const instance of options.instances) this.#join(instance);
    this.#balancer.refresh(clock());
  }

  get retry() {
    return this.#options.retry;
  }

  get open(): boolean {
    return !this.#cutOff;
  }

  get hedging(): Hedging | null {
    const { hedge } = this.#options;
    if (hedge === null) return null;
    const { after, max } = hedge;
    return { budget: this.#hedgeBudget, max, afterMs: 'ms' in after ? after.ms : this.#balancer.hedgeAfterMs };
  }

  get suspectAfterMs(): number {
    const { p95Ms } = this.#balancer;
    return p95Ms === null ? SUSPECT_MS_UNKNOWN : Math.max(SUSPECT_MS_MIN, SUSPECT_FACTOR * p95Ms);
  }

  request(request: PoolRequest): Promise<PoolAnswer> {
    if (this.#closing !== undefined)
      return Promise.reject(new HeadgateError('SUBGRAPH_UNREACHABLE', `${this.name} is closed`));
    const { cancellation } = request;
    if (cancellation !== null && cancellation.reason !== null)
      return Promise.reject(new HeadgateError('REQUEST_CANCELLED', 'the client went away'));
    const nowMs = this.clock();
    const wakes = this.#idleAt(nowMs);
    this.#askedMs = nowMs;
    if (wakes) this.#checks.hurryAll();
    if (this.#options.hedge !== null) this.#hedgeBudget.requested();
    if (this.#limit.tryEnter()) return Call.run(this, request, nowMs, false);
    const isHopeless = () => request.deadlineAt - this.clock() < Math.max(LEFT_MS_MIN, this.#balancer.usualMs);
    const place = this.#limit.wait(request.deadlineAt - nowMs, cancellation, isHopeless, request.id);
    return place.then(() => Call.run(this, request, this.clock(), true));
  }

  async stream(request: StreamRequest): Promise<PoolStream> {
    if (this.#closing !== undefined) throw new HeadgateError('SUBGRAPH_UNREACHABLE', `${this.name} is closed`);
    const { cancellation, deadlineAt } = request;
    if (cancellation !== null && cancellation.reason !== null)
      throw new HeadgateError('REQUEST_CANCELLED', 'the client went away');
    const nowMs = this.clock();
    if (this.#idleAt(nowMs)) this.#checks.hurryAll();
    this.#askedMs = nowMs;
    // Nobody queues for a place that may not become free for hours.
    if (!this.#streamLimit.tryEnter())
      await this.#streamLimit.wait(deadlineAt - nowMs, cancellation, undefined, request.id);
    return StreamCall.run(this, request);
  }

  mirror(request: MirrorRequest): void {
    this.#mirrors.send(request);
  }

  instances(): readonly InstanceView[] {
    const nowMs = this.clock();
    return Array.from(this.#members(), (instance) => this.#view(instance, nowMs));
  }

  instance(url: string): InstanceView | null {
    const instance = this.#balancer.members.get(url);
    return instance === undefined ? null : this.#view(instance, this.clock());
  }

  explain(): readonly Choice[] {
    return this.#balancer.explain(Date.now() - this.clock());
  }

  override(instanceId: string, override: Override): InstanceView | null {
    const nowMs = this.clock();
    const meant = [...this.#members()].filter(({ id, url }) => id === instanceId || url === instanceId);
    const [first] = meant;
    if (first === undefined) return null;
    for (const instance of meant) {
      instance.overrides = afterOverride(instance.overrides, override, nowMs);
      const { action, actor, reason, ttlMs } = override;
      const weight = override.action === 'weight' ? override.weight : null;
      announce('instance.overridden', { pool: this.name, instance: instance.id, action, weight, actor, reason, ttlMs });
    }
    this.#balancer.refresh(nowMs);
    return this.#view(first, nowMs);
  }

  #view(instance: Instance, nowMs: number): InstanceView {
    return instance.view(nowMs, Date.now() - nowMs, this.#options.slowStartMs);
  }

  // What a call needs.

  choose(tried: readonly Instance[], request: PoolRequest, nowMs: number): Pick<Instance> | null {
    const { hashKey = null, repeatable, only } = request;
    const picked = this.#balancer.choose(tried, hashKey, repeatable, nowMs, false, only);
    if (picked?.group?.panic === true) announce('pick.panicked', { pool: this.name });
    return picked;
  }

  chooseForStream(
    tried: readonly Instance[],
    { hashKey = null, only }: StreamRequest,
    nowMs: number,
  ): Pick<Instance> | null {
    // No test for an instance on probation: it would be one for as long as the stream lasts.
    return this.#balancer.choose(tried, hashKey, false, nowMs, true, only);
  }

  streamsOf(instance: Instance): Dispatcher {
    return instance.connectionsForStreams(this.#options, STREAMS_MAX);
  }

  headed(running: Counted): void {
    const { instance, startedMs, blockedMs } = running;
    const nowMs = this.clock();
    running.head = { durationMs: nowMs - startedMs, lostMs: loopLag.blockedSince(blockedMs) };
    loopLag.leave();
    instance.headed(startedMs, nowMs);
  }

  streamLeft(): void {
    this.#streamLimit.leave();
  }

  hasAlternative(tried: readonly Instance[], only: PoolRequest['only']): boolean {
    return this.#balancer.hasAlternative(tried, only);
  }

  started(instance: Instance, nowMs: number): number {
    instance.started(nowMs);
    return loopLag.enter();
  }

  wasBlocked(running: Counted): boolean {
    return lostTooMuch(loopLag.blockedSince(running.blockedMs), this.clock() - running.startedMs);
  }

  finished(running: Counted, result: AttemptResult): void {
    const { instance, attempt, head } = running;
    const nowMs = this.clock();
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
    if (outcome === 'ok' || outcome === 'app-error') this.budget.succeeded(this.#options.retry);
    if (!excused) instance.load.count(outcome, durationMs);
    if (result.kind === 'answer') instance.load.hear(result.headers[LOAD_HEADER], nowMs);
    this.#balancer.observe(instance, {
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
    if (outcome === 'ok' && instance.health.check === 'fail') this.#checks.hurry(instance);
    if (result.kind === 'local') announceOwnFault(this.name, instance, 'call', result.error, running.id);
    if (listened('attempt.finished')) {
      const { id, number, kind } = running;
      announce('attempt.finished', {
        id,
        pool: this.name,
        instance: instance.id,
        outcome,
        attempt: number,
        kind,
        durationMs,
        reason: failure?.reason ?? null,
        code: failure?.code ?? null,
      });
    }
    this.#drains.look(instance);
  }

  onClosed(listener: () => void): () => void {
    this.#closedListeners.add(listener);
    return () => this.#closedListeners.delete(listener);
  }

  left(): void {
    this.#limit.leave();
  }

  // Who belongs to the pool.

  setEndpoints(endpoints: readonly InstanceOptions[]): void {
    this.update({ ...this.#options, instances: endpoints });
  }

  update(options: PoolOptions): void {
    this.#take(options, new Map());
  }

  prepare(options: PoolOptions): PreparedUpdate {
    const made = new Map<string, Instance>();
    try {
      for (const one of options.instances)
        if (!this.#balancer.members.has(one.url) && one.terminating !== true)
          made.set(one.url, new Instance(one, options, this.#connect, this.clock()));
      // Those that stay get connections of the same form.
      for (const { url } of this.#members()) this.#tryToConnect(new URL(url).origin, options);
    } catch (error) {
      destroyAll(made);
      throw error;
    }
    return { commit: (newest) => this.#take(newest, made), abandon: () => destroyAll(made) };
  }

  #tryToConnect(origin: string, options: PoolOptions): void {
    if (connectionShape(this.#options) !== connectionShape(options))
      inBackground(`pool ${this.name}`, this.#connect(origin, options, options.connections).destroy());
  }

  /** @param made instances that were prepared; those that are not needed any more are destroyed */
  #take(options: PoolOptions, made: Map<string, Instance>): void {
    if (this.#closing !== undefined) {
      destroyAll(made);
      return;
    }
    const before = this.#options;
    this.#options = options;
    this.#balancer.options = options;
    this.#weights.enable(options.adaptiveWeights);
    const wanted = new Map(options.instances.map((instance) => [instance.url, instance]));
    for (const instance of [...this.#members()]) if (!wanted.has(instance.url)) this.#drain(instance);
    for (const instance of wanted.values()) this.#join(instance, made);
    destroyAll(made);
    this.#applyToConnections(before, options);
    this.#balancer.refresh(this.clock());
  }

  #applyToConnections(before: PoolOptions, options: PoolOptions): void {
    const reconnect = connectionShape(before) !== connectionShape(options);
    const relimit =
      before.concurrency.adaptive !== options.concurrency.adaptive || before.connections !== options.connections;
    const recheck = JSON.stringify(before.healthCheck) !== JSON.stringify(options.healthCheck);
    for (const instance of this.#members()) {
      if (relimit) instance.limitTo(options.connections);
      if (reconnect) instance.reconnect(options);
      if (reconnect || recheck) this.#checks.restart(instance);
    }
  }

  close(graceMs: number): Promise<void> {
    this.#grace.endIn(graceMs);
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #members(): Iterable<Instance> {
    return this.#balancer.members.values();
  }

  #join(options: InstanceOptions, made = new Map<string, Instance>()): void {
    const known = this.#balancer.members.get(options.url);
    if (known !== undefined) {
      const renamed = known.takeOver(options);
      if (options.terminating === true) this.#drain(known);
      else this.#cancelDrain(known);
      if (!renamed) return;
      known.reconnect(this.#options);
      this.#checks.restart(known);
      return;
    }
    if (options.terminating === true) return;
    const instance = made.get(options.url) ?? new Instance(options, this.#options, this.#connect, this.clock());
    made.delete(options.url);
    instance.takeOver(options);
    this.#balancer.members.set(options.url, instance);
    this.#checks.restart(instance);
  }

  #idleAt(nowMs: number): boolean {
    return nowMs - this.#askedMs > IDLE_AFTER_MS;
  }

  #drain(instance: Instance): void {
    if (instance.presence !== 'present') return;
    instance.presence = 'terminating';
    this.#checks.restart(instance);
    this.#drains.begin(instance, DRAIN_MS_MAX);
  }

  #cancelDrain(instance: Instance): void {
    if (instance.presence !== 'terminating') return;
    this.#drains.cancel(instance);
    instance.presence = 'present';
    this.#checks.restart(instance);
  }

  /** One that an operator drained stays, without sockets. */
  #drained(instance: Instance): void {
    if (instance.presence === 'present') {
      instance.reconnect(this.#options);
      return;
    }
    instance.presence = 'gone';
    this.#balancer.show(instance, this.clock());
    // It has had no turn since it began to drain: the host set stays as it is.
    this.#balancer.members.delete(instance.url);
    this.#checks.forget(instance);
    inBackground(`connections of ${instance.id}`, instance.destroy());
  }

  #changed(instance: Instance, before: InstanceState): void {
    const { state, cause } = instance.shown;
    if (state === 'ejected') this.#checks.hurry(instance);
    if (instance.presence !== 'present') return;
    if (state === 'draining' && cause === 'operator') this.#drains.begin(instance, null);
    else if (before.state === 'draining') this.#drains.cancel(instance);
  }

  #wakeAtNextTurn(): void {
    const nowMs = this.clock();
    const atMs = this.#balancer.nextTurnMs(nowMs);
    if (atMs === this.#wakeAtMs) return;
    clearTimeout(this.#wake);
    this.#wakeAtMs = atMs;
    if (atMs === Number.POSITIVE_INFINITY || this.#closing !== undefined) return;
    const delayMs = Math.min(Math.ceil(atMs - nowMs), TIMER_MS_MAX);
    this.#wake = setTimeout(() => {
      this.#wakeAtMs = Number.POSITIVE_INFINITY;
      this.#balancer.refresh(this.clock());
    }, delayMs).unref();
  }

  #resizeLimit(): void {
    const { max, queue } = this.#options.concurrency;
    this.#limit.resize(Math.min(max, this.#balancer.capacity), queue);
  }

  async #close(): Promise<void> {
    this.#weights.close();
    this.#mirrors.close();
    clearTimeout(this.#wake);
    const stopped = this.#checks.close();
    const idle = Promise.all([this.#limit.whenIdle(), this.#streamLimit.whenIdle()]);
    await Promise.race([idle, this.#grace.over]);
    this.#grace.cancel();
    this.#cutOff = true;
    this.#limit.refuseAll(new HeadgateError('SUBGRAPH_UNREACHABLE', `${this.name} is closed`));
    this.#drains.close();
    const destroyed = Array.from(this.#members(), (instance) => instance.destroy());
    for (const listener of [...this.#closedListeners]) listener();
    await Promise.all([stopped, ...destroyed]);
  }
}

function isConnectTimeout(result: AttemptResult): boolean {
  return result.kind === 'connect' && codeOf(result.error) === 'UND_ERR_CONNECT_TIMEOUT';
}

function connectionShape({ connections, idleTimeoutMs, tls, addresses }: PoolOptions): string {
  return JSON.stringify([connections, idleTimeoutMs, tls, addresses]);
}

function destroyAll(made: Map<string, Instance>): void {
  for (const instance of made.values()) inBackground(`instance ${instance.id}`, instance.destroy());
  made.clear();
}
