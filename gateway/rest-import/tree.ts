/** An object of a parsed document. */
export type Tree = Readonly<Record<string, unknown>>;

const EMPTY: Tree = {};

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The own property of that name. */
export function at(tree: Tree, name: string): unknown {
  return Object.hasOwn(tree, name) ? tree[name] : undefined;
}

/** The object at that name; an empty one when there is none. */
export function treeAt(tree: Tree, name: string): Tree {
  const value = at(tree, name);
  return isTree(value) ? value : EMPTY;
}

export function listAt(tree: Tree, name: string): readonly unknown[] {
  const value = at(tree, name);
  return Array.isArray(value) ? value : [];
}

export function textAt(tree: Tree, name: string): string | null {
  const value = at(tree, name);
  return typeof value === 'string' ? value : null;
}

export function isTrue(tree: Tree, name: string): boolean {
  return at(tree, name) === true;
}

/** A whole number above 0. */
export function wholeAt(tree: Tree, name: string): number | null {
  const value = at(tree, name);
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null;
}
