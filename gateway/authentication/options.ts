export interface ApiKeyOptions {
  /** Who it belongs to. */
  readonly name: string;
  /** Of the key; lower-case hexadecimal. */
  readonly sha256: string;
  readonly scopes: readonly string[];
  /** Milliseconds since 1970; null when it does not expire. */
  readonly expiresAtMs: number | null;
}

export interface ApiKeysOptions {
  /** Lower-case name. */
  readonly header: string;
  readonly keys: readonly ApiKeyOptions[];
}

export interface AuthenticationOptions {
  readonly apiKeys: ApiKeysOptions | null;
  /** No operation for those who do not say who they are. */
  readonly isRequired: boolean;
}
