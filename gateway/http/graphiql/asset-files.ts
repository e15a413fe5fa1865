import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { qualityValues } from '../quality-values';

/** What `bundle.mjs` wrote. Every name is the name of a file in the assets folder. */
export interface Manifest {
  /** Module scripts in the order of their execution. */
  readonly scripts: readonly string[];
  readonly styles: readonly string[];
  /** Scripts that the last script imports. */
  readonly preload: readonly string[];
  readonly workers: { readonly editor: string; readonly json: string; readonly graphql: string };
  readonly files: Readonly<Record<string, AssetFile>>;
}

interface AssetFile {
  /** Content type. */
  readonly type: string;
  readonly bytes: number;
  /** Hexadecimal, of the file's bytes. */
  readonly digest: string;
  /** Encodings that lie compressed beside the file, the best one first. */
  readonly encodings: readonly Encoding[];
}

export type Encoding = 'br' | 'gzip';

const SUFFIX = { br: '.br', gzip: '.gz' } as const;

/** The built files of the page, each read once, when it is first asked for. */
export class AssetFiles {
  readonly #folder: string;
  readonly #read = new Map<string, Promise<Buffer>>();
  #manifest: Manifest | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Null as long as the page is not built. */
  async manifest(): Promise<Manifest | null> {
    if (this.#manifest !== undefined) return this.#manifest;
    const text = await readFile(join(this.#folder, 'manifest.json'), 'utf8').catch(() => null);
    if (text === null) return null;
    // Written by bundle.mjs of the same package.
    this.#manifest = JSON.parse(text) as Manifest;
    return this.#manifest;
  }

  /** @param name a name of the manifest, nothing that a client sent */
  bytes(name: string, encoding: Encoding | null): Promise<Buffer> {
    const file = encoding === null ? name : name + SUFFIX[encoding];
    const known = this.#read.get(file);
    if (known !== undefined) return known;
    const bytes = readFile(join(this.#folder, file));
    this.#read.set(file, bytes);
    bytes.catch(() => this.#read.delete(file));
    return bytes;
  }
}

/** The best encoding of those at hand that the client accepts; null sends the file as it is. */
export function chooseEncoding(acceptEncoding: string | undefined, atHand: readonly Encoding[]): Encoding | null {
  const accepted = qualityValues(acceptEncoding);
  return atHand.find((encoding) => (accepted.get(encoding) ?? accepted.get('*') ?? 0) > 0) ?? null;
}
