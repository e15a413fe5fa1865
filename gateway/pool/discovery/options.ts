/** Options for finding the instances of one pool. All times in milliseconds. */
export interface DiscoveryOptions {
  readonly source: DnsOptions | SrvOptions | KubernetesOptions | LeaseOptions;
  /**
   * What the pool's own instances are once others are found: `members` stay beside them, `stand-in` serve only while
   * none is found.
   */
  readonly listed: 'members' | 'stand-in';
}

/** Parts that an address lacks to be a URL. */
export interface UrlParts {
  readonly scheme: 'http' | 'https';
  /** Begins with a slash, or is empty. */
  readonly path: string;
}

export interface ResolverOptions {
  /** `address` or `address:port` of each DNS server; empty asks those of the system. */
  readonly servers: readonly string[];
  readonly timeoutMs: number;
  /** A record's TTL is taken to be no shorter and no longer. */
  readonly ttlMsMin: number;
  readonly ttlMsMax: number;
}

export interface DnsOptions extends UrlParts {
  readonly kind: 'dns';
  /** A full name, or an address. */
  readonly host: string;
  readonly port: number;
  readonly resolver: ResolverOptions;
}

export interface SrvOptions extends UrlParts {
  readonly kind: 'dns_srv';
  readonly name: string;
  readonly resolver: ResolverOptions;
}

export interface KubernetesOptions extends UrlParts {
  readonly kind: 'kubernetes';
  readonly service: string;
  /** Null: the gateway's own. */
  readonly namespace: string | null;
  /** Number or name of a port of the service's EndpointSlices; null when it has only one. */
  readonly port: number | string | null;
  /** URL of the API server; null takes the one that Kubernetes names to its pods. */
  readonly api: string | null;
  /** Folder with `token`, `ca.crt` and `namespace`. */
  readonly serviceAccount: string;
}

/** Instances that register themselves. */
interface LeaseOptions {
  readonly kind: 'registry';
}
