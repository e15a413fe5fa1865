import { readFile, stat } from 'node:fs/promises';
import { contradiction } from '../persisted-documents/documents';
import { ManifestError, readManifest } from '../persisted-documents/manifest';
import type { ManifestDocument } from '../persisted-documents/options';
import type { Finding } from './problem';
import type { Settings } from './settings';

/** All manifests of a configuration. */
export interface Manifests {
  readonly documents: readonly ManifestDocument[];
  /** Absolute paths, missing ones included. */
  readonly files: readonly string[];
  /** What is wrong with them, at the keys that name them. */
  readonly findings: readonly Finding[];
}

const NONE: Manifests = { documents: [], files: [], findings: [] };
const BYTES_MAX = 64_000_000;

type Section = NonNullable<Settings['persisted_documents']>;

/** Reads the manifests that settings name, by absolute paths. */
export async function readManifests({ persisted_documents: section }: Settings): Promise<Manifests> {
  if (section === undefined || !section.enabled || section.manifests.length === 0) return NONE;
  const documents: ManifestDocument[] = [];
  const findings: Finding[] = [];
  /** Where each document comes from. */
  const origins: number[] = [];
  let bytes = 0;
  for (const [index, manifest] of section.manifests.entries()) {
    try {
      bytes += (await stat(fileOf(manifest))).size;
      if (bytes > BYTES_MAX) throw new ManifestError('', 'is too large: manifests may have 64 MB together');
      const read = readManifest(await readFile(fileOf(manifest), 'utf8'), appOf(manifest));
      documents.push(...read);
      for (const _ of read) origins.push(index);
    } catch (error) {
      findings.push({ path: ['persisted_documents', 'manifests', index], message: messageOf(error, fileOf(manifest)) });
    }
  }
  return {
    documents,
    files: section.manifests.map(fileOf),
    findings: [...findings, ...contradictions(documents, origins)],
  };
}

function fileOf(manifest: Section['manifests'][number]): string {
  return typeof manifest === 'string' ? manifest : manifest.file;
}

function appOf(manifest: Section['manifests'][number]): ManifestDocument['app'] {
  return typeof manifest === 'string' ? null : { name: manifest.app, version: manifest.version };
}

function* contradictions(documents: readonly ManifestDocument[], origins: readonly number[]): Generator<Finding> {
  const found = contradiction(documents);
  if (found === null) return;
  const [before, after] = found;
  const place = origins[before] === origins[after] ? 'twice' : `here and in manifests[${origins[before]}]`;
  const message = `the id ${JSON.stringify(documents[after]?.id)} stands ${place}, for two texts; give each text an id of its own`;
  yield { path: ['persisted_documents', 'manifests', origins[after] ?? 0], message };
}

function messageOf(error: unknown, file: string): string {
  if (error instanceof ManifestError) return `${file}${error.place === '' ? '' : ` ${error.place}`}: ${error.message}`;
  const { code } = error as NodeJS.ErrnoException; // as: what else fails is the reading of a file
  return code === 'ENOENT' ? `no such file: ${file}` : `${file} cannot be read (${code})`;
}
