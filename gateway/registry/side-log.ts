import { isHeadgateError } from '../errors';
import { announce } from '../events';
import { type Authorship, checkAuthorship } from './authorship';
import { SerialQueue } from './serial-queue';
import { hashesIn } from './state';
import { blobHash, type RevisionKind, type Storage } from './storage/storage';

/** Something small that a registry keeps beside the revisions of its subgraphs. */
export interface SideLogParts<Item> {
  readonly storage: Storage;
  /** Of the log, `default/operations`. */
  readonly name: string;
  /** The same items are always the same text. */
  readonly encode: (items: readonly Item[]) => string;
  /** @throws {HeadgateError} REGISTRY_CORRUPT */
  readonly decode: (text: string) => readonly Item[];
}

/** What a change makes of the items; `next` null: nothing. */
export interface SideProposal<Item, Result> {
  readonly next: readonly Item[] | null;
  readonly result: Result;
  /** Blobs that the items name. */
  readonly texts?: readonly string[];
}

export interface SideChange<Item, Result> {
  /** The revision that it was made of, and the one that there is now. */
  readonly before: number;
  readonly revision: number;
  readonly changed: boolean;
  /** All that there is now. */
  readonly items: readonly Item[];
  readonly result: Result;
}

const REVISIONS_MAX = 100;
const CHANGES_WAITING_MAX = 100;

/** A list of items with a log of its own, changed by compare-and-swap as the subgraphs are. */
export class SideLog<Item> {
  readonly #parts: SideLogParts<Item>;
  readonly #changes = new SerialQueue(CHANGES_WAITING_MAX);

  constructor(parts: SideLogParts<Item>) {
    this.#parts = parts;
  }

  async list(): Promise<{ readonly revision: number; readonly items: readonly Item[] }> {
    const { storage, name, decode } = this.#parts;
    const head = await storage.head(name);
    if (head === null) return { revision: 0, items: [] };
    return { revision: head.revision, items: decode(await storage.blob(head.state)) };
  }

  /**
   * @param names of what is changed, for the log @param proposalFor asked again when somebody else was first
   * @throws {HeadgateError} REGISTRY_BUSY, REGISTRY_WRITE_FAILED, and what `proposalFor` throws; then nothing changed
   */
  change<Result>(
    kind: RevisionKind,
    names: readonly string[],
    by: Authorship,
    proposalFor: (items: readonly Item[], revision: number) => SideProposal<Item, Result>,
  ): Promise<SideChange<Item, Result>> {
    checkAuthorship(by);
    return this.#changes.run(async () => {
      for (;;) {
        const { revision, items } = await this.list();
        const { next, result, texts = [] } = proposalFor(items, revision);
        if (next === null) return { before: revision, revision, changed: false, items, result };
        const appended = await this.#append(kind, names, by, revision, next, texts);
        if (appended !== null) return { before: revision, revision: appended, changed: true, items: next, result };
      }
    });
  }

  /** Null when somebody else was first. */
  async #append(
    kind: RevisionKind,
    names: readonly string[],
    by: Authorship,
    expected: number,
    next: readonly Item[],
    texts: readonly string[],
  ): Promise<number | null> {
    const { storage, name, encode } = this.#parts;
    const state = encode(next);
    const hash = blobHash(state);
    const at = new Date().toISOString();
    const event = { at, ...by, kind, subgraphs: names, rolledBackTo: null, state: hash, supergraph: hash };
    try {
      const { revision } = await storage.append(name, expected, event, [...texts, state]);
      announce('registry.revision', { graph: name, revision, kind, actor: by.actor });
      await this.#prune(revision);
      return revision;
    } catch (error) {
      if (isHeadgateError(error, 'CONFLICT')) return null;
      throw error;
    }
  }

  /** What there was stays for so many changes. A failure keeps more, and the change is made. */
  async #prune(revision: number): Promise<void> {
    if (revision % REVISIONS_MAX !== 0) return;
    const { storage, name } = this.#parts;
    const before = revision - REVISIONS_MAX + 1;
    await storage.prune(name, { before, namedIn: hashesIn }).catch((error: unknown) => {
      announce('internal.error', { where: `pruning the registry graph ${name}`, error });
    });
  }
}
