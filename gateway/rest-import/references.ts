import { type DocumentFiles, ReferenceFailure, shortReference } from './files';
import { isTree, type Tree, textAt } from './tree';

const HOPS_MAX = 50;

/** What a place of the document holds, references followed. */
export interface Found {
  readonly tree: Tree;
  /** The last reference that was followed; null when the tree stands where it is used. */
  readonly reference: string | null;
}

export class References {
  readonly #files: DocumentFiles;

  constructor(files: DocumentFiles) {
    this.#files = files;
  }

  /** Follows `$ref`. @throws {ReferenceFailure} it leads nowhere, or in a circle */
  follow(value: unknown): Found {
    let found: Found = { tree: isTree(value) ? value : {}, reference: null };
    for (let hops = 0; ; hops += 1) {
      const reference = textAt(found.tree, '$ref');
      if (reference === null) return found;
      if (hops >= HOPS_MAX) throw new ReferenceFailure(`${shortReference(reference)} refers to itself`);
      const next = this.#files.at(reference);
      // `true` is a schema, too: anything.
      if (!isTree(next) && typeof next !== 'boolean')
        throw new ReferenceFailure(`${shortReference(reference)} is no object`);
      found = { tree: isTree(next) ? next : {}, reference };
    }
  }

  tree(value: unknown): Tree {
    return this.follow(value).tree;
  }
}

/** The name that a reference gives to what it refers to. */
export function nameOfReference(reference: string): string {
  const [file = '', pointer = ''] = reference.split(/#(.*)/s, 2);
  const last = pointer.split('/').at(-1) ?? '';
  if (last !== '') return decodeURIComponentOr(last).replaceAll('~1', '/').replaceAll('~0', '~');
  return (file.split(/[\\/]/).at(-1) ?? file).replace(/\.(json|ya?ml)$/i, '');
}

function decodeURIComponentOr(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a `%` that stands for itself
  }
}
