import type { Dispatcher } from 'undici';
import { HeadgateError } from '../errors';
import { announce } from '../events';
import type { AttemptResult } from './attempt';
import { AttemptRecords } from './attempt-records';
import { Balancer } from './balancer';
import { Call, type CallSite, type Counted, type Hedging } from './call';
import type { Clock } from './clock';
import { Entrance, STREAMS_MAX } from './entrance';
import { Grace } from './grace';
import { Checks } from './health/checks';
import { HedgeBudget } from './hedge-budget';
import { type Connect, connectSockets, type Instance } from './instance';
import { destroyAll, type Made, Members } from './members';
import { MIRRORS_MAX, Mirrors } from './mirrors';
import type { InstanceOptions, PoolOptions } from './options';
import { applyOverride } from './overrides';
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
import { RetryBudget } from './retry-budget';
import { StreamCall, type StreamSite } from './stream-call';
import { TurnTimer } from './turn-timer';
import { AdaptiveWeights } from './weights/adaptive-weights';

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

/** Puts together what a pool is made of, each with one job; lets requests in, and closes all of it. */
class InstancePool implements Pool, CallSite, StreamSite {
  readonly name: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly budget: RetryBudget;
  readonly #balancer: Balancer<Instance>;
  readonly #checks: Checks;
  readonly #members: Members;
  readonly #records: AttemptRecords;
  readonly #entrance: Entrance;
  readonly #closedListeners = new Set<() => void>();
  readonly #hedgeBudget = new HedgeBudget();
  readonly #weights: AdaptiveWeights<Instance>;
  readonly #mirrors: Mirrors;
  readonly #turns = new TurnTimer(() => this.#balancer.refresh(this.clock()));
  #options: PoolOptions;
  #closing: Promise<void> | undefined;
  readonly #grace = new Grace();
  /** The grace period of a pool that closes is over. */
  #cutOff = false;

  constructor(options: PoolOptions, clock: Clock, random: () => number, connect: Connect) {
    const { name, concurrency } = options;
    this.name = name;
    this.clock = clock;
    this.random = random;
    this.#options = options;
    this.budget = new RetryBudget(clock());
    this.#entrance = new Entrance({
      name,
      clock,
      concurrency,
      usualMs: () => this.#balancer.usualMs,
      woken: () => this.#checks.hurryAll(),
    });
    this.#checks = new Checks({
      clock,
      random,
      options: () => this.#options,
      idle: () => this.#entrance.isIdle(this.clock()),
      onChecked: (instance, result, healthCheck) => this.#balancer.checked(instance, result, healthCheck),
    });
    this.#balancer = new Balancer(options, clock, random, {
      onChanged: (instance, before) => this.#members.changed(instance, before),
      onRefreshed: () => this.#refreshed(),
    });
    const parts = { name, clock, balancer: this.#balancer, checks: this.#checks, options: () => this.#options };
    this.#members = new Members({ ...parts, connect });
    const ended = (instance: Instance) => this.#members.look(instance);
    this.#records = new AttemptRecords({ ...parts, budget: this.budget, ended });
    this.#weights = new AdaptiveWeights({
      name,
      clock,
      members: () => this.#members,
      standing: ({ givenWeight, shown, warmingSinceMs, options: { tier } }) => ({
        weight: givenWeight,
        comparable: shown.standing === 'well' && warmingSinceMs === null,
        group: tier,
      }),
      panicked: () => this.#balancer.panic,
      reweighed: () => this.#balancer.refresh(this.clock()),
    });
    this.#mirrors = new Mirrors({
      name,
      random,
      instances: () => this.#members,
      connectionsOf: (instance) => instance.connectionsForMirrors(this.#options, MIRRORS_MAX),
    });
    this.#weights.enable(options.adaptiveWeights);
    for (const instance of options.instances) this.#members.join(instance);
    this.#balancer.refresh(clock());
  }

  #refreshed(): void {
    const { max, queue } = this.#options.concurrency;
    this.#entrance.resize(Math.min(max, this.#balancer.capacity), queue);
    for (const instance of this.#members) this.#checks.maintain(instance);
    const nowMs = this.clock();
    this.#turns.set(this.#balancer.nextTurnMs(nowMs), nowMs);
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
    const refusal = this.#refusal(request);
    if (refusal !== null) return Promise.reject(refusal);
    const nowMs = this.clock();
    this.#entrance.asked(nowMs);
    if (this.#options.hedge !== null) this.#hedgeBudget.requested();
    const place = this.#entrance.enter(request, nowMs);
    if (place === null) return Call.run(this, request, nowMs, false);
    return place.then(() => Call.run(this, request, this.clock(), true));
  }

  async stream(request: StreamRequest): Promise<PoolStream> {
    const refusal = this.#refusal(request);
    if (refusal !== null) throw refusal;
    const nowMs = this.clock();
    this.#entrance.asked(nowMs);
    const place = this.#entrance.enterStream(request, nowMs);
    if (place !== null) await place;
    return StreamCall.run(this, request);
  }

  #refusal({ cancellation }: { readonly cancellation: PoolRequest['cancellation'] }): HeadgateError | null {
    if (this.#closing !== undefined) return this.#closed();
    if (cancellation === null || cancellation.reason === null) return null;
    return new HeadgateError('REQUEST_CANCELLED', 'the client went away');
  }

  #closed(): HeadgateError {
    return new HeadgateError('SUBGRAPH_UNREACHABLE', `${this.name} is closed`);
  }

  mirror(request: MirrorRequest): void {
    this.#mirrors.send(request);
  }

  instances(): readonly InstanceView[] {
    const nowMs = this.clock();
    return Array.from(this.#members, (instance) => this.#view(instance, nowMs));
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
    const meant = this.#members.named(instanceId);
    const [first] = meant;
    if (first === undefined) return null;
    for (const instance of meant) applyOverride(this.name, instance, override, nowMs);
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

  hasAlternative(tried: readonly Instance[], only: PoolRequest['only']): boolean {
    return this.#balancer.hasAlternative(tried, only);
  }

  streamsOf(instance: Instance): Dispatcher {
    return instance.connectionsForStreams(this.#options, STREAMS_MAX);
  }

  started(instance: Instance, nowMs: number): number {
    return this.#records.started(instance, nowMs);
  }

  headed(running: Counted): void {
    this.#records.headed(running);
  }

  wasBlocked(running: Counted): boolean {
    return this.#records.wasBlocked(running);
  }

  finished(running: Counted, result: AttemptResult): void {
    this.#records.finished(running, result);
  }

  onClosed(listener: () => void): () => void {
    this.#closedListeners.add(listener);
    return () => this.#closedListeners.delete(listener);
  }

  left(): void {
    this.#entrance.leave();
  }

  streamLeft(): void {
    this.#entrance.leaveStream();
  }

  // What changes.

  setEndpoints(endpoints: readonly InstanceOptions[]): void {
    this.update({ ...this.#options, instances: endpoints });
  }

  update(options: PoolOptions): void {
    this.#take(options, new Map());
  }

  prepare(options: PoolOptions): PreparedUpdate {
    const made = this.#members.make(options);
    return { commit: (newest) => this.#take(newest, made), abandon: () => destroyAll(made) };
  }

  #take(options: PoolOptions, made: Made): void {
    if (this.#closing !== undefined) {
      destroyAll(made);
      return;
    }
    const before = this.#options;
    this.#options = options;
    this.#balancer.options = options;
    this.#weights.enable(options.adaptiveWeights);
    this.#members.update(before, made);
    this.#balancer.refresh(this.clock());
  }

  close(graceMs: number): Promise<void> {
    this.#grace.endIn(graceMs);
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#weights.close();
    this.#mirrors.close();
    this.#turns.close();
    const stopped = this.#checks.close();
    await Promise.race([this.#entrance.whenIdle(), this.#grace.over]);
    this.#grace.cancel();
    this.#cutOff = true;
    this.#entrance.refuseAll(this.#closed());
    const destroyed = this.#members.close();
    for (const listener of [...this.#closedListeners]) listener();
    await Promise.all([stopped, destroyed]);
  }
}
