import type { Range, Revision } from '../storage';

/** The revisions of each graph that a journal holds, in memory. */
export class HeldRevisions {
  readonly #graphs = new Map<string, { pruned: number; readonly held: Revision[] }>();

  /** @param pruned how many of each graph went before */
  constructor(revisions: Iterable<Revision>, pruned: Readonly<Record<string, number>>) {
    for (const [graph, count] of Object.entries(pruned)) this.#graphs.set(graph, { pruned: count, held: [] });
    for (const revision of revisions) this.add(revision);
  }

  add(revision: Revision): void {
    const known = this.#graphs.get(revision.graph) ?? { pruned: 0, held: [] };
    known.held.push(revision);
    this.#graphs.set(revision.graph, known);
  }

  head(graph: string): Revision | null {
    return this.#graphs.get(graph)?.held.at(-1) ?? null;
  }

  /** 0 when there is none. */
  oldest(graph: string): number {
    return this.#graphs.get(graph)?.held[0]?.revision ?? 0;
  }

  read(graph: string, { before, limit }: Range): readonly Revision[] {
    const { pruned, held } = this.#graphs.get(graph) ?? { pruned: 0, held: [] };
    // Revision n stands at n - 1 - pruned.
    const end = before === null ? held.length : Math.max(0, Math.min(held.length, before - 1 - pruned));
    return held.slice(Math.max(0, end - limit), end);
  }

  /** Of every graph. */
  all(): readonly Revision[] {
    return [...this.#graphs.values()].flatMap(({ held }) => held);
  }

  /** How many of each graph went; graphs that are whole are left out. */
  pruned(): Readonly<Record<string, number>> {
    const entries = [...this.#graphs].map(([graph, { pruned }]) => [graph, pruned] as const);
    return Object.fromEntries(entries.filter(([, pruned]) => pruned > 0));
  }

  /** These without those of `graph` below `before`; the head stays. */
  without(graph: string, before: number): HeldRevisions {
    const from = Math.min(before, this.head(graph)?.revision ?? 0);
    const pruned = { ...this.pruned() };
    if (from > this.oldest(graph)) pruned[graph] = from - 1;
    const kept = this.all().filter((revision) => revision.graph !== graph || revision.revision >= from);
    return new HeldRevisions(kept, pruned);
  }
}
