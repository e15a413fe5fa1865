import { type DocumentNode, Kind, type SelectionSetNode } from 'graphql';

/**
 * A place in the answer, named by response keys alone (lists and types left out). Subgraph answers are never merged:
 * a position knows which fetches put something there, and readers look at each of them in plan order.
 */
export class Position {
  /** Ids of the fetches that answer something here, in plan order. */
  readonly fetches: number[] = [];
  readonly children = new Map<string, Position>();
  /** For each of `fetches`: its index in the parent's `fetches`, or -1 when the fetch begins here. */
  sources: readonly number[] = [];

  child(key: string): Position {
    let found = this.children.get(key);
    if (found === undefined) {
      found = new Position();
      this.children.set(key, found);
    }
    return found;
  }

  mark(fetchId: number): void {
    if (!this.fetches.includes(fetchId)) this.fetches.push(fetchId);
  }
}

/** A key that an output rewrite renames; `path` has response keys only, the key itself last. */
export interface Rename {
  readonly path: readonly string[];
  readonly to: string;
}

/** Marks every position that a fetch's selection reaches below the place where the fetch begins. */
export function markSelection(
  position: Position,
  selections: SelectionSetNode,
  fetchId: number,
  document: DocumentNode,
  renames: readonly Rename[],
): void {
  position.mark(fetchId);
  for (const selection of selections.selections) {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      markSelection(position, selection.selectionSet, fetchId, document, renames);
      continue;
    }
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = document.definitions.find(
        (one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === selection.name.value,
      );
      if (fragment?.kind === Kind.FRAGMENT_DEFINITION)
        markSelection(position, fragment.selectionSet, fetchId, document, renames);
      continue;
    }
    const key = selection.alias?.value ?? selection.name.value;
    const here = renames.filter((rename) => rename.path[0] === key);
    const below = here.filter((rename) => rename.path.length > 1).map(({ path, to }) => ({ path: path.slice(1), to }));
    const names = [key, ...here.filter((rename) => rename.path.length === 1).map((rename) => rename.to)];
    for (const name of names) {
      const child = position.child(name);
      if (selection.selectionSet === undefined) child.mark(fetchId);
      else markSelection(child, selection.selectionSet, fetchId, document, below);
    }
  }
}

/** Called once, when every fetch is marked: sorts by plan order and computes `sources`. */
export function settlePositions(position: Position, parent: Position | null = null): void {
  position.fetches.sort((a, b) => a - b);
  position.sources = position.fetches.map((id) => (parent === null ? -1 : parent.fetches.indexOf(id)));
  for (const child of position.children.values()) settlePositions(child, position);
}
