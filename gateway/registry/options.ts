export interface RegistryOptions {
  /** Absolute path of the folder of the journal and its blobs. */
  readonly directory: string;
}
