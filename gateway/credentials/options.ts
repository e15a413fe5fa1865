import type { PoolOptions } from '../pool/options';

/** How the gateway gets tokens that it shows to one subgraph or service. */
export interface TokenOptions {
  /** Of the token endpoint. */
  readonly pool: PoolOptions;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
  readonly audience: string | null;
  /** The token of a client that is exchanged (RFC 8693); null: the gateway asks for itself (RFC 6749, section 4.4). */
  readonly subject: SubjectToken | null;
}

/** Where a client's token stands. */
interface SubjectToken {
  /** Lower-case name. */
  readonly header: string;
  /** The word in front of it; null: none. */
  readonly prefix: string | null;
  /** A URN of RFC 8693, section 3. */
  readonly type: string;
}
