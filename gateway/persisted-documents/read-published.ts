import { HeadgateError } from '../errors';
import { contradiction } from './documents';
import { ManifestError, readManifest } from './manifest';
import type { ManifestDocument } from './options';

interface Name {
  readonly app: string | null;
  readonly version: string | null;
}

/** A manifest that is published, with the hash of its text. */
interface Published extends Name {
  readonly manifest: string;
  readonly text: () => Promise<string>;
}

/** Reads what is published, again and again: what is there already is not read anew. */
export class PublishedReader {
  #known = new Map<string, readonly ManifestDocument[]>();

  async read(manifests: readonly Published[]): Promise<readonly ManifestDocument[]> {
    const known = new Map<string, readonly ManifestDocument[]>();
    for (const one of manifests) {
      const key = JSON.stringify([one.manifest, one.app, one.version]);
      known.set(key, this.#known.get(key) ?? documentsOf(one, await one.text()));
    }
    this.#known = known;
    return [...known.values()].flat();
  }
}

/**
 * The number of documents of a manifest that is to be published.
 * @throws {HeadgateError} INVALID_ARGUMENT: it cannot be read, or an id stands for two texts
 */
export function countPublished(name: Name, text: string): number {
  const documents = documentsOf(name, text);
  const found = contradiction(documents);
  if (found === null) return documents.length;
  const id = JSON.stringify(documents[found[1]]?.id.slice(0, 100));
  throw invalid(`the id ${id} stands for two texts; give each text an id of its own`);
}

function documentsOf({ app, version }: Name, text: string): ManifestDocument[] {
  try {
    return readManifest(text, app === null || version === null ? null : { name: app, version });
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    const place = error.place === '' ? 'the manifest' : `the manifest at ${error.place.slice(0, 200)}`;
    throw invalid(`${place}: ${error.message}`);
  }
}

function invalid(message: string): HeadgateError {
  return new HeadgateError('INVALID_ARGUMENT', message);
}
