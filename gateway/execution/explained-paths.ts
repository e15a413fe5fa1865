import type { Path, PathElement } from './paths';

interface Branch {
  isEnd: boolean;
  readonly next: Map<PathElement, Branch>;
}

/** Places whose nulls an error explains already. Asking costs the length of a path, however many places there are. */
export class ExplainedPaths {
  readonly #root: Branch = { isEnd: false, next: new Map() };

  add(path: Path): void {
    let branch = this.#root;
    for (const element of path) {
      let next = branch.next.get(element);
      if (next === undefined) {
        next = { isEnd: false, next: new Map() };
        branch.next.set(element, next);
      }
      branch = next;
    }
    branch.isEnd = true;
  }

  /** True for a place that was added itself. */
  has(path: Path): boolean {
    let branch: Branch | undefined = this.#root;
    for (const element of path) {
      branch = branch.next.get(element);
      if (branch === undefined) return false;
    }
    return branch.isEnd;
  }

  /** True when an explained place is above, at or below `path`: a null at either explains a null at the other. */
  touches(path: Path): boolean {
    let branch = this.#root;
    for (const element of path) {
      if (branch.isEnd) return true;
      const next = branch.next.get(element);
      if (next === undefined) return false;
      branch = next;
    }
    return branch.isEnd || branch.next.size > 0;
  }
}
