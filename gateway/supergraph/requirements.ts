/** One application of `@authenticated`, `@requiresScopes` or `@policy`, whatever they are called in a supergraph. */
export interface Requirement {
  readonly kind: 'authenticated' | 'scopes' | 'policies';
  /** Each of these alternatives is enough; all names of one have to be there. Empty for `authenticated`. */
  readonly anyOf: readonly (readonly string[])[];
}

/**
 * What has to be fulfilled for parts of a supergraph. Lists are indexes of `all`, each of which has to be fulfilled.
 * It can be sent between threads.
 */
export interface Requirements {
  /** No two of them are equal. */
  readonly all: readonly Requirement[];
  /**
   * By the name of a type. Of an interface: those of every type that implements it; they are for fields that are asked of the
   * interface, not for fragments on its types.
   */
  readonly ofTypes: ReadonlyMap<string, readonly number[]>;
  /** By coordinate, `User.email`: those of its definition, of the type that it returns unless it is abstract, and of what it is made of. */
  readonly ofFields: ReadonlyMap<string, readonly number[]>;
}

/** What of a schema somebody sees. It can be sent between threads. */
export interface SchemaView {
  readonly requirements: Requirements;
  /** A `1` or a `0` for each of all requirements. */
  readonly granted: string;
}
