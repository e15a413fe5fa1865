import { inBackground } from '../background';
import type { Balancer } from './balancer';
import type { Clock } from './clock';
import { Drains } from './drains';
import type { Checks } from './health/checks';
import { type Connect, Instance } from './instance';
import type { InstanceOptions, PoolOptions } from './options';
import type { InstanceState } from './state';

export interface MembersSite {
  readonly name: string;
  readonly clock: Clock;
  readonly connect: Connect;
  readonly balancer: Balancer<Instance>;
  readonly checks: Checks;
  /** As they are now. */
  readonly options: () => PoolOptions;
}

/** Instances that were made ahead, by URL; those that are taken over are taken out. */
export type Made = Map<string, Instance>;

/** What a removed instance gets to finish its requests. */
const DRAIN_MS_MAX = 30_000;

/** Members of one pool, told apart by URL: those that join, those that drain and go, and the connections of those that stay. */
export class Members implements Iterable<Instance> {
  readonly #site: MembersSite;
  readonly #drains: Drains;

  constructor(site: MembersSite) {
    this.#site = site;
    const { name, clock } = site;
    this.#drains = new Drains({ name, clock, ended: (instance) => this.#drained(instance) });
  }

  [Symbol.iterator](): Iterator<Instance> {
    return this.#byUrl.values();
  }

  /** By `host:port` or URL: several may have the same. */
  named(instanceId: string): readonly Instance[] {
    return [...this].filter(({ id, url }) => id === instanceId || url === instanceId);
  }

  get #byUrl(): Map<string, Instance> {
    return this.#site.balancer.members;
  }

  /**
   * Makes what will join, and changes nothing.
   * @throws {Error} what an instance or its connections cannot be made with
   */
  make(options: PoolOptions): Made {
    const { connect, clock } = this.#site;
    const made: Made = new Map();
    try {
      for (const one of options.instances)
        if (!this.#byUrl.has(one.url) && one.terminating !== true)
          made.set(one.url, new Instance(one, options, connect, clock()));
      // Those that stay get connections of the same form.
      for (const { url } of this) this.#tryToConnect(new URL(url).origin, options);
    } catch (error) {
      destroyAll(made);
      throw error;
    }
    return made;
  }

  #tryToConnect(origin: string, options: PoolOptions): void {
    const { name, connect, options: present } = this.#site;
    if (connectionShape(present()) !== connectionShape(options))
      inBackground(`pool ${name}`, connect(origin, options, options.connections).destroy());
  }

  /** Takes over the options that are in effect now. @param made those that are not needed any more are destroyed */
  update(before: PoolOptions, made: Made): void {
    const options = this.#site.options();
    const wanted = new Map(options.instances.map((instance) => [instance.url, instance]));
    for (const instance of [...this]) if (!wanted.has(instance.url)) this.#drain(instance);
    for (const instance of wanted.values()) this.join(instance, made);
    destroyAll(made);
    this.#applyToConnections(before, options);
  }

  join(options: InstanceOptions, made: Made = new Map()): void {
    const known = this.#byUrl.get(options.url);
    if (known !== undefined) this.#rejoin(known, options);
    else if (options.terminating !== true) this.#add(options, made);
  }

  #rejoin(known: Instance, options: InstanceOptions): void {
    const renamed = known.takeOver(options);
    if (options.terminating === true) this.#drain(known);
    else this.#cancelDrain(known);
    if (!renamed) return;
    known.reconnect(this.#site.options());
    this.#site.checks.restart(known);
  }

  #add(options: InstanceOptions, made: Made): void {
    const { options: present, connect, clock, checks } = this.#site;
    const instance = made.get(options.url) ?? new Instance(options, present(), connect, clock());
    made.delete(options.url);
    instance.takeOver(options);
    this.#byUrl.set(options.url, instance);
    checks.restart(instance);
  }

  #applyToConnections(before: PoolOptions, options: PoolOptions): void {
    const reconnect = connectionShape(before) !== connectionShape(options);
    const relimit =
      before.concurrency.adaptive !== options.concurrency.adaptive || before.connections !== options.connections;
    const recheck = JSON.stringify(before.healthCheck) !== JSON.stringify(options.healthCheck);
    for (const instance of this) {
      if (relimit) instance.limitTo(options.connections);
      if (reconnect) instance.reconnect(options);
      if (reconnect || recheck) this.#site.checks.restart(instance);
    }
  }

  /** To be called when an instance is shown in another state. */
  changed(instance: Instance, before: InstanceState): void {
    const { state, cause } = instance.shown;
    if (state === 'ejected') this.#site.checks.hurry(instance);
    if (instance.presence !== 'present') return;
    if (state === 'draining' && cause === 'operator') this.#drains.begin(instance, null);
    else if (before.state === 'draining') this.#drains.cancel(instance);
  }

  /** To be called whenever a request of an instance ended. */
  look(instance: Instance): void {
    this.#drains.look(instance);
  }

  #drain(instance: Instance): void {
    if (instance.presence !== 'present') return;
    instance.presence = 'terminating';
    this.#site.checks.restart(instance);
    this.#drains.begin(instance, DRAIN_MS_MAX);
  }

  #cancelDrain(instance: Instance): void {
    if (instance.presence !== 'terminating') return;
    this.#drains.cancel(instance);
    instance.presence = 'present';
    this.#site.checks.restart(instance);
  }

  /** One that an operator drained stays, without sockets. */
  #drained(instance: Instance): void {
    const { balancer, checks, clock, options } = this.#site;
    if (instance.presence === 'present') {
      instance.reconnect(options());
      return;
    }
    instance.presence = 'gone';
    balancer.show(instance, clock());
    // It has had no turn since it began to drain: the host set stays as it is.
    this.#byUrl.delete(instance.url);
    checks.forget(instance);
    inBackground(`connections of ${instance.id}`, instance.destroy());
  }

  /** Destroys what all of them have. */
  async close(): Promise<void> {
    this.#drains.close();
    await Promise.all(Array.from(this, (instance) => instance.destroy()));
  }
}

function connectionShape({ connections, idleTimeoutMs, tls, addresses }: PoolOptions): string {
  return JSON.stringify([connections, idleTimeoutMs, tls, addresses]);
}

export function destroyAll(made: Made): void {
  for (const instance of made.values()) inBackground(`instance ${instance.id}`, instance.destroy());
  made.clear();
}
