/** A document of a manifest. */
export interface ManifestDocument {
  /** Not empty; what clients send in place of the text. */
  readonly id: string;
  /** GraphQL. */
  readonly text: string;
  /** The one client that may call it by this id; null: each. */
  readonly clientName: string | null;
  /** The app that it was published for, whose ids are `name~version~id` as well; null: none. */
  readonly app: { readonly name: string; readonly version: string } | null;
}

/**
 * What may be asked for. `any`: every operation. `listed`: documents of the manifests, by their id or their exact text. `id`: these by
 * their id only.
 */
export type Requirement = 'any' | 'listed' | 'id';

/** Where the id of a document stands in a request. `sha256Hash` is the one of `extensions.persistedQuery`. */
export type IdSource = 'documentId' | 'sha256Hash' | 'doc_id' | 'path';

/** What a running process takes over. */
export interface DocumentOptions {
  readonly requirement: Requirement;
  /** Whether operations that no manifest has are told of in the log. */
  readonly logUnknown: boolean;
  /** Whether their texts are told of without the values that stand in them. */
  readonly hidesLiterals: boolean;
  readonly documents: readonly ManifestDocument[];
}

/** How requests are read: takes effect with a start. */
export interface PersistedOptions {
  /** Whether clients may have a text kept under its hash (automatic persisted queries). */
  readonly automatic: boolean;
  /** Null: ids of documents mean nothing. */
  readonly sources: readonly IdSource[] | null;
}
