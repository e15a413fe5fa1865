import type { AddressOptions } from '../addresses';
import type { PoolOptions } from '../pool/options';
import type { HashedKey } from './hashed-keys';
import type { Algorithm } from './jwt/algorithms';

export interface ApiKeysOptions {
  /** Lower-case name. */
  readonly header: string;
  readonly keys: readonly HashedKey[];
}

/** Where a request has its token. */
export type TokenPlace =
  /** A header with a lower-case name; null: the whole value is the token. */
  | { readonly kind: 'header'; readonly name: string; readonly prefix: string | null }
  | { readonly kind: 'cookie'; readonly name: string };

/** Where the keys of a set are. */
export type KeyPlace =
  | { readonly kind: 'url'; readonly url: string }
  /** An OpenID provider, whose configuration says where its keys are. */
  | { readonly kind: 'issuer'; readonly issuer: string }
  /** An absolute path. */
  | { readonly kind: 'file'; readonly path: string };

/** A set of keys, and what is demanded of the tokens that one of them has signed. */
export interface KeySetOptions {
  readonly place: KeyPlace;
  /** Null: `iss` is not looked at. */
  readonly issuers: readonly string[] | null;
  /** One of them has to be in `aud`; null: it is not looked at. */
  readonly audiences: readonly string[] | null;
  readonly algorithms: readonly Algorithm[];
  /** Milliseconds between two looks at a set that is not a file. */
  readonly pollMs: number;
  readonly allowsMissingExp: boolean;
}

export interface JwtOptions {
  readonly keySets: readonly KeySetOptions[];
  readonly places: readonly TokenPlace[];
  readonly scopesClaim: string;
  /** Milliseconds that clocks may differ by. */
  readonly leewayMs: number;
  /** Whoever has a token that is not right is nobody in particular, and not refused. */
  readonly continues: boolean;
}

/** A server that knows which tokens it has issued. */
export interface IntrospectionOptions extends Pick<KeySetOptions, 'issuers' | 'audiences'> {
  /** Of one instance: where it is asked. */
  readonly pool: PoolOptions;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Milliseconds for which what it says counts. */
  readonly ttlMs: number;
  readonly places: readonly TokenPlace[];
}

export interface AuthenticationOptions {
  readonly jwt: JwtOptions | null;
  readonly introspection: IntrospectionOptions | null;
  readonly apiKeys: ApiKeysOptions | null;
  /** Whoever shows a certificate that is believed is who that says. */
  readonly byCertificate: boolean;
  /** No operation for those who do not say who they are. */
  readonly isRequired: boolean;
  /** Which addresses an identity provider may have, over what is denied by itself. */
  readonly addresses: AddressOptions;
}
