import { Documents } from './documents';
import type { DocumentsInService } from './layer';
import type { DocumentOptions } from './options';

const NONE: DocumentsInService = { documents: new Documents([]), requirement: 'any', logUnknown: false };

/** The documents of a gateway, and what it requires. */
export class CurrentDocuments {
  #current: DocumentsInService = NONE;
  #options: DocumentOptions | null = null;

  constructor(options: DocumentOptions | null) {
    this.update(options);
  }

  readonly get = (): DocumentsInService => this.#current;

  update(options: DocumentOptions | null): void {
    if (options === this.#options) return;
    this.#options = options;
    this.#current = options === null ? NONE : { ...options, documents: new Documents(options.documents) };
  }
}
