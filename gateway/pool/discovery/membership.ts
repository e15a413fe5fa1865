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

/** Who belongs to one pool: the instances that its options list, and those that its discovery finds. */
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
    const { instances: listed, discovery } = this.#listed;
    if (!discovery || this.#found.length === 0) return this.#listed;
    const instances = discovery.listed === 'members' ? distinct([...listed, ...this.#found]) : this.#found;
    return { ...this.#listed, instances };
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

  /** Takes over options; a discovery that changed is opened anew, and what the old one found stays until it answers. */
  update(options: PoolOptions): PoolOptions {
    this.#listed = options;
    if (!options.discovery) this.#found = [];
    this.follow();
    return this.options;
  }

  /** Opens the discovery if there is one; does nothing when it runs already. */
  follow(): void {
    const { name, discovery } = this.#listed;
    const shape = discovery ? JSON.stringify(discovery.source) : '';
    if (shape === this.#shape) return;
    this.#shape = shape;
    if (this.#follower !== null) inBackground(`discovery of ${name}`, this.#follower.close());
    this.#follower = null;
    if (!discovery) return;
    const { source } = discovery;
    this.#follower = new Follower({
      pool: name,
      kind: source.kind,
      open: (report) => openDiscovery(name, source, this.#parts.leases, report),
      remembered: this.#found,
      anyWell: (endpoints) => endpoints.some(({ url }) => this.isWell(url)),
      changed: (endpoints) => {
        this.#found = endpoints;
        this.#parts.changed(this.options);
      },
    });
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
