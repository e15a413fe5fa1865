import { inBackground } from '../../background';
import type { InstanceOptions, PoolOptions } from '../options';
import type { DiscoveryView, InstanceView } from '../pool';
import { distinct } from './belief';
import type { Leases } from './discovery';
import { Follower } from './follower';
import { openDiscovery } from './open';

export interface MembershipParts {
  readonly leases: Leases;
  /** What the process before this one had found. */
  readonly remembered: readonly InstanceOptions[];
  /** What the pool thinks of one instance; null when it has none at this URL. */
  readonly instance: (url: string) => InstanceView | null;
  /** The pool's options, with other instances than before. */
  readonly changed: (options: PoolOptions) => void;
}

/** A membership under other options, whose discovery runs already. Either of commit and abandon is called, once. */
export interface PreparedMembership {
  /** As far as is known now. */
  readonly options: PoolOptions;
  /** As {@link Membership.settled}. */
  settled(): Promise<void>;
  /** @returns the options with everybody who belongs to the pool */
  commit(): PoolOptions;
  abandon(): void;
}

/** Decides who belongs to one pool: the instances that its options list, and those that its discovery finds. */
export class Membership {
  readonly #parts: MembershipParts;
  #listed: PoolOptions;
  #follower: Follower | null = null;
  #found: readonly InstanceOptions[];
  /** As of the discovery that runs. */
  #shape = '';

  constructor(options: PoolOptions, parts: MembershipParts) {
    this.#parts = parts;
    this.#listed = options;
    this.#found = options.discovery ? parts.remembered : [];
  }

  /** The options with everybody who belongs to the pool. */
  get options(): PoolOptions {
    return merged(this.#listed, this.#found);
  }

  /** What the discovery found, without the instances listed. */
  get found(): readonly InstanceOptions[] {
    return this.#found;
  }

  get view(): DiscoveryView | null {
    const { discovery } = this.#listed;
    if (!discovery || this.#follower === null) return null;
    const { answeredMs, failure } = this.#follower;
    const ageMs = answeredMs === null ? null : performance.now() - answeredMs;
    return { source: discovery.source.kind, endpoints: this.#found.length, ageMs, failure };
  }

  /** Opens a discovery that changed; what the old one found stays until the new one answers. */
  prepare(options: PoolOptions): PreparedMembership {
    const shape = shapeOf(options);
    const isSame = shape === this.#shape;
    const follower = isSame ? this.#follower : this.#open(options);
    const found = () => (isSame || follower?.answeredMs == null ? this.#found : follower.endpoints);
    const next = () => merged(options, options.discovery ? found() : []);
    return {
      get options() {
        return next();
      },
      async settled() {
        if (next().instances.length === 0) await follower?.answered;
      },
      commit: () => {
        this.#found = options.discovery ? found() : [];
        this.#listed = options;
        this.#shape = shape;
        if (!isSame) this.#end(this.#follower);
        this.#follower = follower;
        return this.options;
      },
      abandon: () => {
        if (!isSame) this.#end(follower);
      },
    };
  }

  /** Opens the discovery if there is one; does nothing when it runs already. */
  follow(): void {
    this.prepare(this.#listed).commit();
  }

  #end(follower: Follower | null): void {
    if (follower !== null) inBackground(`discovery of ${this.#listed.name}`, follower.close());
  }

  #open({ name, discovery }: PoolOptions): Follower | null {
    if (!discovery) return null;
    const { source } = discovery;
    const follower: Follower = new Follower({
      pool: name,
      kind: source.kind,
      open: (report) => openDiscovery(name, source, this.#parts.leases, report),
      remembered: this.#found,
      anyWell: (endpoints) => endpoints.some(({ url }) => this.isWell(url)),
      changed: (endpoints) => {
        if (this.#follower !== follower) return;
        this.#found = endpoints;
        this.#parts.changed(this.options);
      },
    });
    return follower;
  }

  /** Resolves when the pool has an instance, or the discovery has answered or failed for the first time. */
  async settled(): Promise<void> {
    if (this.options.instances.length === 0) await this.#follower?.answered;
  }

  async close(): Promise<void> {
    this.#shape = '';
    await this.#follower?.close();
    this.#follower = null;
  }

  /** Whoever is not ejected may be well, and whoever passed the last check although requests failed. */
  isWell(url: string): boolean {
    const instance = this.#parts.instance(url);
    return instance !== null && (instance.state !== 'ejected' || instance.lastCheck?.passed === true);
  }
}

function shapeOf({ discovery }: PoolOptions): string {
  return discovery ? JSON.stringify(discovery.source) : '';
}

/** The options with those found: beside those listed, or in their place. */
function merged(listed: PoolOptions, found: readonly InstanceOptions[]): PoolOptions {
  const { instances, discovery } = listed;
  if (!discovery || found.length === 0) return listed;
  return { ...listed, instances: discovery.listed === 'members' ? distinct([...instances, ...found]) : found };
}
