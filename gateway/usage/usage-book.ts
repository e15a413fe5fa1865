import type { ClientCount, ClientName, OperationText, UsageReport } from './counts';

/** Bytes of an entry beside its texts, about. */
const OPERATION_BYTES = 300;
const CLIENT_BYTES = 200;
const DAY_BYTES = 24;
const DAY_MS = 24 * 3_600_000;
/** Of the budget, when room is made. */
const KEPT_SHARE = 0.9;

interface BookedClient {
  readonly client: ClientName;
  /** Uses by days since 1970. */
  readonly days: Map<number, number>;
  firstAt: number;
  lastAt: number;
}

interface BookedOperation {
  readonly operation: OperationText;
  readonly clients: Map<string, BookedClient>;
}

/** What one client did with one operation within a window. */
interface ClientUse extends ClientCount {
  /** Milliseconds since 1970; of all that is known, not of the window. */
  readonly firstAt: number;
}

export interface OperationUse {
  readonly operation: OperationText;
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly lastAt: number;
  /** The most frequent first. */
  readonly clients: readonly ClientUse[];
}

/** A line of the file. */
export interface BookedLine {
  readonly operation: OperationText;
  readonly clients: readonly {
    readonly client: ClientName;
    readonly days: readonly (readonly [day: number, count: number])[];
    readonly firstAt: number;
    readonly lastAt: number;
  }[];
}

/** Which operations were asked for by which clients, day by day, within a budget of bytes. */
export class UsageBook {
  readonly #operations = new Map<string, BookedOperation>();
  readonly #retentionMs: number;
  readonly #bytesMax: number;
  readonly #now: () => number;
  #bytes = 0;

  /** @param now milliseconds since 1970 */
  constructor({ retentionMs, bytesMax }: { retentionMs: number; bytesMax: number }, now: () => number = Date.now) {
    this.#retentionMs = retentionMs;
    this.#bytesMax = bytesMax;
    this.#now = now;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(reports: readonly UsageReport[]): void {
    for (const { operation, clients } of reports) {
      const booked = this.#booked(operation);
      for (const { client, count, lastAt } of clients) {
        const one = this.#clientOf(booked, client, lastAt);
        this.#addDay(one, dayOf(lastAt), count);
        one.lastAt = Math.max(one.lastAt, lastAt);
      }
    }
    this.#makeRoom();
  }

  /** What was asked for in the last so many milliseconds; days count as a whole. The most frequent first. */
  uses(windowMs: number): readonly OperationUse[] {
    const since = this.#now() - windowMs;
    const uses: OperationUse[] = [];
    for (const { operation, clients } of this.#operations.values()) {
      const within = [...clients.values()].flatMap((one) => useSince(one, since));
      if (within.length === 0) continue;
      within.sort((a, b) => b.count - a.count || b.lastAt - a.lastAt);
      const count = within.reduce((sum, one) => sum + one.count, 0);
      uses.push({ operation, count, lastAt: Math.max(...within.map(({ lastAt }) => lastAt)), clients: within });
    }
    return uses.sort((a, b) => b.count - a.count || (a.operation.id < b.operation.id ? -1 : 1));
  }

  /** Everything, for the file; without what is older than the retention, which is forgotten. */
  *lines(): Generator<BookedLine> {
    this.#forgetOld();
    for (const { operation, clients } of [...this.#operations.values()]) {
      const all = [...clients.values()].map((one) => ({ ...one, days: [...one.days] }));
      yield { operation, clients: all };
    }
  }

  /** Adds what a file had. */
  restore(lines: Iterable<BookedLine>): void {
    for (const { operation, clients } of lines) {
      const booked = this.#booked(operation);
      for (const { client, days, firstAt, lastAt } of clients) {
        const one = this.#clientOf(booked, client, firstAt);
        one.lastAt = Math.max(one.lastAt, lastAt);
        for (const [day, count] of days) this.#addDay(one, day, count);
      }
    }
    this.#forgetOld();
    this.#makeRoom();
  }

  #booked(operation: OperationText): BookedOperation {
    const known = this.#operations.get(operation.id);
    if (known !== undefined) return known;
    const added: BookedOperation = { operation, clients: new Map() };
    this.#operations.set(operation.id, added);
    this.#bytes += bytesOf(operation);
    return added;
  }

  #clientOf({ clients }: BookedOperation, client: ClientName, at: number): BookedClient {
    const key = JSON.stringify([client.name, client.version]);
    const known = clients.get(key);
    if (known !== undefined) return known;
    const added: BookedClient = { client, days: new Map(), firstAt: at, lastAt: at };
    clients.set(key, added);
    this.#bytes += CLIENT_BYTES + key.length;
    return added;
  }

  #addDay({ days }: BookedClient, day: number, count: number): void {
    if (!days.has(day)) this.#bytes += DAY_BYTES;
    days.set(day, (days.get(day) ?? 0) + count);
  }

  #forgetOld(): void {
    const oldest = dayOf(this.#now() - this.#retentionMs);
    for (const booked of this.#operations.values()) {
      for (const [key, { days }] of booked.clients) {
        for (const day of days.keys()) {
          if (day >= oldest) continue;
          days.delete(day);
          this.#bytes -= DAY_BYTES;
        }
        if (days.size > 0) continue;
        booked.clients.delete(key);
        this.#bytes -= CLIENT_BYTES + key.length;
      }
      if (booked.clients.size === 0) this.#forget(booked);
    }
  }

  /** What was asked for least goes: a flood of new operations drives out itself. */
  #makeRoom(): void {
    if (this.#bytes <= this.#bytesMax) return;
    this.#forgetOld();
    const all = [...this.#operations.values()].map((booked) => ({ booked, ...weightOf(booked) }));
    all.sort((a, b) => a.count - b.count || a.lastAt - b.lastAt);
    for (const { booked } of all) {
      if (this.#bytes <= this.#bytesMax * KEPT_SHARE) return;
      this.#forget(booked);
    }
  }

  #forget({ operation, clients }: BookedOperation): void {
    this.#operations.delete(operation.id);
    this.#bytes -= bytesOf(operation);
    for (const [key, { days }] of clients) this.#bytes -= CLIENT_BYTES + key.length + DAY_BYTES * days.size;
  }
}

function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

function bytesOf({ text, name }: OperationText): number {
  return OPERATION_BYTES + text.length * 2 + (name?.length ?? 0);
}

function useSince({ client, days, firstAt, lastAt }: BookedClient, since: number): ClientUse[] {
  let count = 0;
  for (const [day, uses] of days) if (day >= dayOf(since)) count += uses;
  return count === 0 ? [] : [{ client, count, firstAt, lastAt }];
}

function weightOf({ clients }: BookedOperation): { count: number; lastAt: number } {
  let count = 0;
  let lastAt = 0;
  for (const one of clients.values()) {
    for (const uses of one.days.values()) count += uses;
    lastAt = Math.max(lastAt, one.lastAt);
  }
  return { count, lastAt };
}
