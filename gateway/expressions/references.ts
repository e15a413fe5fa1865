import { childrenOf, type Node } from './ast';
import type { Resolved } from './resolve';
import { hasLowerCaseKeys, type Type } from './types';

/** A fact that an expression reads: a variable, and the keys below it as far as they are written in the expression. */
export type Path = readonly string[];

/**
 * All that an expression may read of its variables, each once, in order. A path that ends at a map or a list means all of it;
 * what lies below another path of the list is not in it.
 */
export function referencesOf(root: Node, resolved: Resolved, types: ReadonlyMap<Node, Type>): readonly Path[] {
  const found = new Map<string, Path>();
  const visit = (node: Node) => {
    const path = pathOf(node, resolved, types);
    if (path !== null) found.set(printPath(path), path);
    else for (const child of childrenOf(node)) visit(child);
  };
  visit(root);
  const paths = Array.from(found.values());
  const widest = paths.filter((path) => !paths.some((other) => other.length < path.length && begins(path, other)));
  return widest.sort((a, b) => (printPath(a) < printPath(b) ? -1 : 1));
}

function begins(path: Path, start: Path): boolean {
  return start.every((part, index) => part === path[index]);
}

/** `request.headers["x-tenant"]`: a key in brackets where it could not stand behind a dot. */
export function printPath([variable = '', ...keys]: Path): string {
  const parts = keys.map((key) => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`));
  return `${variable}${parts.join('')}`;
}

/** Null when a node is more than a variable and keys that are written in the expression. */
export function pathOf(node: Node, resolved: Resolved, types: ReadonlyMap<Node, Type>): Path | null {
  const name = resolved.names.get(node);
  if (name !== undefined) return name.kind === 'variable' ? [name.name] : null;
  const step = stepOf(node, types);
  if (step === null) return null;
  const above = pathOf(step.whole, resolved, types);
  if (above === null) return null;
  return [...above, hasLowerCaseKeys(types.get(step.whole)) ? step.key.toLowerCase() : step.key];
}

/** One key deeper: `a.b`, `a["b"]`, and `"b" in a` of a map, which looks at nothing else of `a`. */
function stepOf(node: Node, types: ReadonlyMap<Node, Type>): { readonly whole: Node; readonly key: string } | null {
  if (node.kind === 'select') return { whole: node.operand, key: node.field };
  if (node.kind === 'index') return keyed(node.operand, node.index);
  const [key, whole] = node.kind === 'call' && node.name === '@in' ? node.args : [];
  if (key === undefined || whole === undefined) return null;
  const kind = types.get(whole)?.kind;
  return kind === 'map' || kind === 'object' ? keyed(whole, key) : null;
}

function keyed(whole: Node, key: Node): { readonly whole: Node; readonly key: string } | null {
  return key.kind === 'constant' && typeof key.value === 'string' ? { whole, key: key.value } : null;
}
