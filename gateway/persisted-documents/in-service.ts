import { Documents } from './documents';
import type { DocumentsInService } from './layer';
import type { DocumentOptions, ManifestDocument } from './options';

const NONE: DocumentsInService = {
  documents: new Documents([]),
  requirement: 'any',
  logUnknown: false,
  hidesLiterals: false,
};

/** The documents of a gateway, and what it requires. */
export class CurrentDocuments {
  #current: DocumentsInService = NONE;
  #options: DocumentOptions | null = null;
  #published: readonly ManifestDocument[] = [];

  constructor(options: DocumentOptions | null) {
    this.update(options, []);
  }

  get published(): readonly ManifestDocument[] {
    return this.#published;
  }

  readonly get = (): DocumentsInService => this.#current;

  /** @param published beside those of the configuration, which go before one of the same id */
  update(options: DocumentOptions | null, published: readonly ManifestDocument[]): void {
    if (options === this.#options && published === this.#published) return;
    this.#options = options;
    this.#published = published;
    this.#current =
      options === null ? NONE : { ...options, documents: new Documents([...published, ...options.documents]) };
  }
}

/** Texts of all documents that are served with these options, each once. */
export function textsOf(options: DocumentOptions | null, published: readonly ManifestDocument[]): readonly string[] {
  return options === null ? [] : [...new Set([...options.documents, ...published].map(({ text }) => text))];
}
