import { getHeapStatistics } from 'node:v8';

/** A place in a list of things by the time of their last use, as far as it was looked at. */
class Link {
  before: Link = this;
  after: Link = this;
  /** Uses of its thing when it was put here. */
  uses = 0;

  constructor(readonly entry: Entry | null) {}

  unlink(): void {
    this.before.after = this.after;
    this.after.before = this.before;
    this.before = this;
    this.after = this;
  }

  /** @param head of a list, whose oldest stands before it */
  moveBehind(head: Link): void {
    this.unlink();
    this.uses = this.entry?.uses ?? 0;
    this.before = head;
    this.after = head.after;
    head.after.before = this;
    head.after = this;
  }
}

/** One thing that is kept. */
abstract class Entry {
  readonly ofShelf = new Link(this);
  readonly ofAll = new Link(this);
  bytes = 0;
  /** How often it was used. Counting is all that a use costs: lists are put in order when something has to go. */
  uses = 0;

  constructor(readonly shelf: Shelf) {}

  /** Takes it out of whatever finds it. */
  abstract drop(): void;
}

/** All that is kept under one name. */
class Shelf {
  readonly used = new Link(null);
  bytes = 0;
  count = 0;

  constructor(readonly name: string) {}
}

/** Figures of what is kept under a name. */
export interface KeptNumbers {
  readonly name: string;
  readonly bytes: number;
  readonly entries: number;
}

/** Share of the whole that one name may have, so that no flood of one kind drives out all others. */
export const KEPT_SHARE = 0.4;
/** Pointers, an entry and a place in a map. */
const ENTRY_BYTES = 200;

/** Bytes of a text in memory: two for each character, as engines need for any beyond Latin. */
export function textBytes(text: string): number {
  return 2 * text.length;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

function isWord(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x3a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f
  );
}

/** Words, signs and strings of a text of GraphQL or JSON: what is made of it when it is parsed grows with them. */
export function tokensIn(text: string): number {
  let tokens = 0;
  let inWord = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const wasInWord = inWord;
    inWord = isWord(code);
    if (inWord ? wasInWord : code <= 0x20) continue;
    tokens += 1;
    if (code !== QUOTE) continue;
    at += 1;
    while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  }
  return tokens;
}

/**
 * Bytes that are kept because of clients: what was not used for longest goes first, whatever it is, and before that what
 * was not used for longest under a name that has its share. What was used since it was last looked at is passed over once
 * (the CLOCK algorithm), so that a use moves nothing.
 */
export class ByteBudget {
  #max: number;
  #used = 0;
  readonly #all = new Link(null);
  readonly #shelves = new Map<string, Shelf>();

  constructor(max: number) {
    this.#max = max;
  }

  get max(): number {
    return this.#max;
  }

  get used(): number {
    return this.#used;
  }

  numbers(): KeptNumbers[] {
    return [...this.#shelves.values()].map(({ name, bytes, count }) => ({ name, bytes, entries: count }));
  }

  resize(max: number): void {
    this.#max = max;
    for (const shelf of this.#shelves.values()) this.#makeRoom(shelf);
  }

  /** @param name code chooses it: there are few */
  shelf(name: string): Shelf {
    const found = this.#shelves.get(name) ?? new Shelf(name);
    this.#shelves.set(name, found);
    return found;
  }

  /** @param bytes without what an entry takes itself */
  add(entry: Entry, bytes: number): void {
    const { shelf } = entry;
    entry.bytes = bytes + ENTRY_BYTES;
    shelf.bytes += entry.bytes;
    shelf.count += 1;
    this.#used += entry.bytes;
    // Before it stands in the lists: what is new must not go because all else was used.
    this.#makeRoomFor(entry);
    if (entry.bytes === 0) return;
    entry.ofAll.moveBehind(this.#all);
    entry.ofShelf.moveBehind(shelf.used);
  }

  /** @param bytes more than before; negative when it shrank */
  grow(entry: Entry, bytes: number): void {
    entry.bytes += bytes;
    entry.shelf.bytes += bytes;
    this.#used += bytes;
    this.#makeRoomFor(entry);
  }

  remove(entry: Entry): void {
    const { shelf } = entry;
    entry.ofAll.unlink();
    entry.ofShelf.unlink();
    shelf.bytes -= entry.bytes;
    shelf.count -= 1;
    this.#used -= entry.bytes;
    entry.bytes = 0;
    entry.drop();
  }

  /** What alone is more than its kind may have goes itself, and drives out nothing. */
  #makeRoomFor(entry: Entry): void {
    if (entry.bytes > this.#max * KEPT_SHARE) this.remove(entry);
    else this.#makeRoom(entry.shelf);
  }

  #makeRoom(shelf: Shelf): void {
    while (shelf.bytes > this.#max * KEPT_SHARE) this.#removeOldest(shelf.used);
    while (this.#used > this.#max) this.#removeOldest(this.#all);
  }

  #removeOldest(head: Link): void {
    const entry = oldestIn(head);
    if (entry !== null) this.remove(entry);
  }
}

/** Null when there is nothing in the list. Each use since is paid for by one move at most. */
function oldestIn(head: Link): Entry | null {
  for (;;) {
    const { before } = head;
    if (before.entry === null || before.uses === before.entry.uses) return before.entry;
    before.moveBehind(head);
  }
}

const DEFAULT_BYTES = 128_000_000;
/** A process with a small heap keeps less. */
const HEAP_SHARE = 0.25;

/** Chooses how many bytes a process keeps unless it is told otherwise. */
export function defaultKeptBytes(): number {
  return Math.floor(Math.min(DEFAULT_BYTES, getHeapStatistics().heap_size_limit * HEAP_SHARE));
}

/** Budget of this process: everything that it keeps because of clients draws from it. */
export const keptBytes = new ByteBudget(defaultKeptBytes());

class MapEntry<K, V> extends Entry {
  constructor(
    shelf: Shelf,
    readonly map: Map<K, MapEntry<K, V>>,
    readonly key: K,
    public value: V,
    readonly dropped: ((value: V) => void) | undefined,
  ) {
    super(shelf);
  }

  drop(): void {
    if (this.map.get(this.key) === this) this.map.delete(this.key);
    this.dropped?.(this.value);
  }
}

export interface KeptOptions<K, V> {
  /** Of the kind, for the numbers; maps of one name have one share. */
  readonly name: string;
  /** Bytes in memory that are there because of an entry, key included. */
  readonly weigh: (value: V, key: K) => number;
  readonly entriesMax?: number;
  readonly budget?: ByteBudget;
  /**
   * Told of a value whose entry went, for whatever reason; not of one that another took the place of. It must not hold the map,
   * which would never be given back.
   */
  readonly dropped?: (value: V) => void;
}

/** Gives back what is kept by maps and tables that nobody has any more. */
const forgotten = new FinalizationRegistry<() => void>((release) => release());

/** Cache of what was used last, and is made again when it is missing. Its bytes are those of the process. */
export class KeptMap<K, V> {
  readonly #entries = new Map<K, MapEntry<K, V>>();
  readonly #options: KeptOptions<K, V>;
  readonly #budget: ByteBudget;
  readonly #shelf: Shelf;

  constructor(options: KeptOptions<K, V>) {
    const budget = options.budget ?? keptBytes;
    const entries = this.#entries;
    this.#options = options;
    this.#budget = budget;
    this.#shelf = budget.shelf(options.name);
    forgotten.register(this, () => removeAll(budget, entries));
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    entry.uses += 1;
    return entry.value;
  }

  /** Without using it. */
  peek(key: K): V | undefined {
    return this.#entries.get(key)?.value;
  }

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  /** Not kept when it alone is more than its kind may have. */
  set(key: K, value: V): void {
    const { weigh, entriesMax = Number.POSITIVE_INFINITY } = this.#options;
    const known = this.#entries.get(key);
    if (known !== undefined) {
      known.value = value;
      this.#budget.grow(known, weigh(value, key) + ENTRY_BYTES - known.bytes);
      return;
    }
    if (this.#entries.size >= entriesMax) this.#removeOldest();
    const entry = new MapEntry(this.#shelf, this.#entries, key, value, this.#options.dropped);
    this.#entries.set(key, entry);
    this.#budget.add(entry, weigh(value, key));
  }

  delete(key: K): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.#budget.remove(entry);
  }

  *values(): IterableIterator<V> {
    for (const { value } of this.#entries.values()) yield value;
  }

  clear(): void {
    removeAll(this.#budget, this.#entries);
  }

  /** The oldest of this map: the list of its name has those of others, too. */
  #removeOldest(): void {
    const head = this.#shelf.used;
    let link = head.before;
    // Those that were used are passed over once; the second time round, none is left that was.
    while (!(link.entry instanceof MapEntry && link.entry.map === this.#entries && link.uses === link.entry.uses)) {
      const { before, entry } = link;
      if (entry instanceof MapEntry && entry.map === this.#entries) link.moveBehind(head);
      link = before;
    }
    this.#budget.remove(link.entry);
  }
}

function removeAll(budget: ByteBudget, entries: Map<unknown, Entry>): void {
  for (const entry of [...entries.values()]) budget.remove(entry);
}

class TableEntry extends Entry {
  constructor(
    shelf: Shelf,
    readonly table: Map<unknown, unknown>,
  ) {
    super(shelf);
  }

  drop(): void {
    this.table.clear();
  }
}

/** A map for many small values on a hot way: a look costs nothing more than one into a map, and it goes as a whole. */
export class KeptTable<K, V> {
  readonly #values = new Map<K, V>();
  readonly #budget: ByteBudget;
  readonly #shelf: Shelf;
  #entry: TableEntry | null = null;

  constructor({ name, budget = keptBytes }: { readonly name: string; readonly budget?: ByteBudget }) {
    this.#budget = budget;
    this.#shelf = budget.shelf(name);
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: K): V | undefined {
    return this.#values.get(key);
  }

  /** @param bytes of the value and its key */
  set(key: K, value: V, bytes: number): void {
    const entry = this.#entry ?? this.#begin();
    if (this.#values.size === 0) this.#budget.add(entry, 0);
    this.#values.set(key, value);
    entry.uses += 1;
    this.#budget.grow(entry, bytes + ENTRY_BYTES / 2);
  }

  clear(): void {
    if (this.#entry !== null && this.#values.size > 0) this.#budget.remove(this.#entry);
  }

  #begin(): TableEntry {
    const budget = this.#budget;
    const entry = new TableEntry(this.#shelf, this.#values);
    this.#entry = entry;
    forgotten.register(this, () => {
      if (entry.table.size > 0) budget.remove(entry);
    });
    return entry;
  }
}
