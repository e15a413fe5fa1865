import { z } from 'zod';
import { HeadgateError } from '../errors';
import type { Authorship } from './authorship';
import { SideLog } from './side-log';
import { blobHash, type Storage } from './storage/storage';

/** What a manifest is published for; both null: for whoever asks. */
export interface ManifestName {
  readonly app: string | null;
  readonly version: string | null;
}

/** A manifest as it is kept. */
export interface KeptManifest extends ManifestName {
  /** Hash of the blob that holds its text. */
  readonly manifest: string;
  readonly documents: number;
  readonly bytes: number;
  /** ISO 8601, UTC. */
  readonly at: string;
}

export interface PublishedManifest extends KeptManifest {
  readonly text: () => Promise<string>;
}

export interface PublishedOperationsParts {
  readonly storage: Storage;
  /** Of the graph of subgraphs. */
  readonly graph: string;
  /**
   * Looks whether a manifest can be read.
   * @returns how many documents it has
   * @throws {HeadgateError} INVALID_ARGUMENT
   */
  readonly readManifest: (name: ManifestName, text: string) => number;
  /** Takes over what is published now. */
  readonly takeOver: () => Promise<void>;
}

/** A change of what is published, and all that is. */
export interface OperationsChange {
  /** The revision that it was made of. */
  readonly before: number;
  readonly revision: number;
  readonly changed: boolean;
  /** Of the manifest. */
  readonly documents: number;
}

const BYTES_MAX = 64_000_000;
const MANIFESTS_MAX = 1_000;
const PART = /^[^~\s]{1,256}$/;

const stateShape = z.strictObject({
  operations: z.array(
    z.strictObject({
      app: z.string().nullable(),
      version: z.string().nullable(),
      manifest: z.string(),
      documents: z.int(),
      bytes: z.int(),
      at: z.string(),
    }),
  ),
});

/** The manifests of documents that are published to a graph: a log of their own beside that of the subgraphs. */
export class PublishedOperations {
  readonly #parts: PublishedOperationsParts;
  readonly #log: SideLog<KeptManifest>;

  constructor(parts: PublishedOperationsParts) {
    const { storage, graph } = parts;
    this.#parts = parts;
    this.#log = new SideLog<KeptManifest>({ storage, name: `${graph}/operations`, encode, decode });
  }

  async list(): Promise<{ readonly revision: number; readonly manifests: readonly KeptManifest[] }> {
    const { revision, items } = await this.#log.list();
    return { revision, manifests: items };
  }

  /** With the way to their texts. */
  async manifests(): Promise<readonly PublishedManifest[]> {
    const { manifests } = await this.list();
    return manifests.map((one) => ({ ...one, text: () => this.#parts.storage.blob(one.manifest) }));
  }

  /**
   * Keeps a manifest in the place of one of the same name. Resolves when it is in service.
   * @throws {HeadgateError} INVALID_ARGUMENT, REGISTRY_BUSY, REGISTRY_WRITE_FAILED; then nothing changed
   */
  async publish(name: ManifestName, text: string, by: Authorship): Promise<OperationsChange> {
    checkName(name);
    const documents = this.#parts.readManifest(name, text);
    const manifest = blobHash(text);
    const { before, revision, changed } = await this.#log.change('publish', namesOf(name), by, (manifests) => {
      const others = manifests.filter((one) => !isSame(one, name));
      const known = manifests.find((one) => isSame(one, name));
      if (known?.manifest === manifest) return { next: null, result: documents };
      const bytes = Buffer.byteLength(text);
      const added: KeptManifest = { ...name, manifest, documents, bytes, at: new Date().toISOString() };
      return { next: bounded([...others, added]), result: documents, texts: [text] };
    });
    await this.#parts.takeOver();
    return { before, revision, changed, documents };
  }

  /** @throws {HeadgateError} NOT_FOUND, and those of `publish` */
  async delete(name: ManifestName, by: Authorship): Promise<OperationsChange> {
    const change = await this.#log.change('delete', namesOf(name), by, (manifests) => {
      const known = manifests.find((one) => isSame(one, name));
      if (known === undefined) throw new HeadgateError('NOT_FOUND', `no manifest is published ${nameOf(name)}`);
      return { next: manifests.filter((one) => one !== known), result: known.documents };
    });
    await this.#parts.takeOver();
    const { before, revision, changed, result: documents } = change;
    return { before, revision, changed, documents };
  }
}

function namesOf({ app }: ManifestName): readonly string[] {
  return app === null ? [] : [app];
}

function isSame(a: ManifestName, b: ManifestName): boolean {
  return a.app === b.app && a.version === b.version;
}

function nameOf({ app, version }: ManifestName): string {
  return app === null ? 'without an app' : `for ${app} ${version}`;
}

function checkName({ app, version }: ManifestName): void {
  if (app === null && version === null) return;
  if (app === null || version === null) throw invalid('app and version belong together: give both, or neither');
  for (const part of [app, version])
    if (!PART.test(part))
      throw invalid(`${JSON.stringify(part.slice(0, 100))}: up to 256 characters without spaces and ~`);
}

function bounded(manifests: readonly KeptManifest[]): readonly KeptManifest[] {
  const bytes = manifests.reduce((sum, one) => sum + one.bytes, 0);
  if (bytes <= BYTES_MAX && manifests.length <= MANIFESTS_MAX) return manifests;
  const [oldest] = [...manifests].sort((a, b) => (a.at < b.at ? -1 : 1));
  const remedy =
    oldest === undefined ? '' : `; delete one that no client has any more: the oldest is ${nameOf(oldest)}`;
  throw invalid(
    `${manifests.length} manifests have ${bytes} bytes; ${MANIFESTS_MAX} with ${BYTES_MAX} are kept${remedy}`,
  );
}

function encode(manifests: readonly KeptManifest[]): string {
  const operations = [...manifests].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  return JSON.stringify({
    operations: operations.map(({ app, version, manifest, documents, bytes, at }) => ({
      app,
      version,
      manifest,
      documents,
      bytes,
      at,
    })),
  });
}

function decode(text: string): readonly KeptManifest[] {
  try {
    return stateShape.parse(JSON.parse(text)).operations;
  } catch (cause) {
    throw new HeadgateError(
      'REGISTRY_CORRUPT',
      'what is published of operations is not in a form that this version of Headgate can read',
      { cause },
    );
  }
}

function invalid(message: string): HeadgateError {
  return new HeadgateError('INVALID_ARGUMENT', message);
}
