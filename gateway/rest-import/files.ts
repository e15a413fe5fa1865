import { readFileSync, realpathSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { parse as parseYaml, YAMLParseError } from 'yaml';
import { HeadgateError } from '../errors';
import { parseOrNone } from '../json/parse';
import { isTree, type Tree } from './tree';

const FILE_BYTES_MAX = 200_000_000;
/** The parser of YAML needs about a second and 100 MB for each megabyte. */
const YAML_BYTES_MAX = 30_000_000;
const FILES_MAX = 1_000;
const ALIASES_MAX = 10_000;
/** A reference to somewhere else than a place of the same document or a file. */
const REMOTE = /^[A-Za-z][A-Za-z0-9+.-]*:/;

/** Why a reference leads nowhere. */
export class ReferenceFailure extends Error {
  override readonly name = 'ReferenceFailure';
}

/** The document and the files that it refers to, each read once; none from outside of the document's folder or from a network. */
export class DocumentFiles {
  readonly #folder: string;
  readonly #read = new Map<string, unknown>();

  /** @param main the path of the document */
  constructor(main: string) {
    this.#folder = dirname(realFile(main));
  }

  /** The path that references to places of a file begin with. */
  pathOf(path: string): string {
    return realFile(path);
  }

  /** @throws {HeadgateError} USAGE, OPENAPI_INVALID: it cannot be read, or is neither JSON nor YAML */
  main(path: string): Tree {
    const tree = this.#load(realFile(path));
    if (isTree(tree)) return tree;
    throw new HeadgateError('OPENAPI_INVALID', `${path} is no OpenAPI document: it holds no keys and values`);
  }

  /**
   * What a reference refers to, in the absolute form that every `$ref` has after loading: `/path/file.yaml#/components/schemas/Pet`.
   * @throws {ReferenceFailure}
   */
  at(reference: string): unknown {
    const [file = '', pointer = ''] = reference.split(/#(.*)/s, 2);
    if (REMOTE.test(file)) throw new ReferenceFailure(`${reference} is not fetched: it is not in a file`);
    return this.#step(this.#file(file), pointer, reference);
  }

  #file(path: string): unknown {
    const known = this.#read.get(path);
    if (known !== undefined) return known;
    try {
      const real = realFile(path);
      if (!real.startsWith(this.#folder + sep))
        throw new ReferenceFailure(`${path} is outside of the document's folder`);
      return this.#load(real);
    } catch (error) {
      if (error instanceof HeadgateError) throw new ReferenceFailure(error.message);
      throw error;
    }
  }

  #step(root: unknown, pointer: string, reference: string): unknown {
    let value = root;
    for (const raw of pointer.split('/').slice(1)) {
      const key = decoded(raw).replaceAll('~1', '/').replaceAll('~0', '~');
      const inside = Array.isArray(value) || isTree(value) ? (value as Tree) : {}; // as: lists have their indexes as keys
      if (!Object.hasOwn(inside, key)) throw new ReferenceFailure(`there is nothing at ${shortReference(reference)}`);
      value = inside[key];
    }
    return value;
  }

  #load(path: string): unknown {
    const known = this.#read.get(path);
    if (known !== undefined) return known;
    if (this.#read.size >= FILES_MAX) throw new ReferenceFailure(`the document refers to more than ${FILES_MAX} files`);
    const value = parse(path, readText(path));
    makeAbsolute(value, path);
    this.#read.set(path, value);
    return value;
  }
}

/** A reference as people write it, without the path of the file. */
export function shortReference(reference: string): string {
  const [file = '', pointer] = reference.split(/#(.*)/s, 2);
  const name = REMOTE.test(file) ? file : (file.split(/[\\/]/).at(-1) ?? file);
  return pointer === undefined ? name : `${name}#${pointer}`;
}

/** JSON first: a parser of YAML takes a minute for what JSON.parse reads in a tenth of a second. */
function parse(path: string, text: string): unknown {
  const json = parseOrNone(text);
  if (json !== undefined) return json;
  if (text.length > YAML_BYTES_MAX)
    throw new HeadgateError(
      'OPENAPI_INVALID',
      `${path} has more than ${YAML_BYTES_MAX} bytes of YAML: give it as JSON`,
    );
  try {
    return parseYaml(text, { maxAliasCount: ALIASES_MAX, logLevel: 'error', uniqueKeys: false });
  } catch (error) {
    if (!(error instanceof YAMLParseError) && !(error instanceof ReferenceError)) throw error;
    const place = error instanceof YAMLParseError ? error.linePos?.[0] : undefined;
    const where = place === undefined ? path : `${path}:${place.line}:${place.col}`;
    const [first = ''] = error.message.split('\n');
    throw new HeadgateError(
      'OPENAPI_INVALID',
      `${where} is neither JSON nor YAML: ${first.replace(/ at line .*$/, '')}`,
    );
  }
}

/** Writes every `$ref` of a file so that it says which file it means. Changes the value; not recursive, nobody has bounded its depth. */
function makeAbsolute(root: unknown, path: string): void {
  const seen = new Set<unknown>();
  const open: unknown[] = [root];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    const own = value as Record<string, unknown>; // as: objects and lists have keys
    if (typeof own.$ref === 'string') own.$ref = absolute(own.$ref, path);
    for (const inner of Object.values(own)) if (typeof inner === 'object' && inner !== null) open.push(inner);
  }
}

function absolute(reference: string, path: string): string {
  if (reference.startsWith('#')) return path + reference;
  if (REMOTE.test(reference) || reference.startsWith('//')) return reference;
  const [file = '', pointer] = reference.split(/#(.*)/s, 2);
  return resolve(dirname(path), decoded(file)) + (pointer === undefined ? '' : `#${pointer}`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a `%` that stands for itself
  }
}

function realFile(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    throw new HeadgateError('USAGE', `cannot read ${path}: ${(error as NodeJS.ErrnoException).code}`);
  }
}

function readText(path: string): string {
  try {
    const bytes = readFileSync(path);
    if (bytes.length <= FILE_BYTES_MAX) return bytes.toString().replace(/^\uFEFF/, '');
  } catch (error) {
    throw new HeadgateError('USAGE', `cannot read ${path}: ${(error as NodeJS.ErrnoException).code}`);
  }
  throw new HeadgateError('OPENAPI_INVALID', `${path} is larger than ${FILE_BYTES_MAX} bytes`);
}
