import { inBackground } from '../background';
import type { Call } from '../call';
import { announce } from '../events';
import { pieceTurn } from '../own-turns';
import type { ClientCount, OperationText, UsageReport } from '../usage/counts';
import { signatureOf } from '../usage/signature';
import { CLIENT_NAME, CLIENT_VERSION } from '../vocabulary/client';
import type { ReadyLayer } from './flights';
import type { PreparedOperation } from './prepared-operation';

const REPORT_MS = 10_000;
/** Of what waits to be reported, texts of operations included. */
const WAITING_BYTES_MAX = 16_000_000;
/** Bytes of what is kept of an operation, and of a client of it, beside their texts. */
const COUNTER_BYTES = 500;
const CLIENT_BYTES = 300;
/** Of the texts of reports that are handed on at once. */
const REPORTED_CHARACTERS = 128_000;
/** Clients of one operation that are told apart between two reports; clients choose their names. */
const CLIENTS_MAX = 200;
const NAME_LENGTH_MAX = 128;

interface Count {
  readonly client: { readonly name: string | null; readonly version: string | null };
  count: number;
  lastAt: number;
}

/** Uses of one operation since the last report. */
class Counter {
  /** Undefined until it is reported for the first time; null: it is not recorded. */
  operation: OperationText | null | undefined;
  isWaiting = false;
  readonly #anonymous: Count = { client: { name: null, version: null }, count: 0, lastAt: 0 };
  #named: Map<string, Count> | null = null;

  constructor(
    readonly query: string,
    readonly operationName: string | null,
  ) {}

  /** @returns bytes more than before */
  count(name: string | undefined, version: string | undefined, now: number): number {
    const isAnonymous = name === undefined && version === undefined;
    const before = this.#named?.size ?? 0;
    const counted = isAnonymous ? this.#anonymous : this.#of(shortened(name), shortened(version));
    counted.count += 1;
    counted.lastAt = now;
    const isNew = (this.#named?.size ?? 0) > before;
    return isNew ? CLIENT_BYTES + 2 * ((counted.client.name?.length ?? 0) + (counted.client.version?.length ?? 0)) : 0;
  }

  #of(name: string | null, version: string | null): Count {
    this.#named ??= new Map();
    const key = `${name ?? ''}\n${version ?? ''}`;
    const known = this.#named.get(key);
    if (known !== undefined) return known;
    if (this.#named.size >= CLIENTS_MAX) return this.#anonymous;
    const added: Count = { client: { name: ownText(name), version: ownText(version) }, count: 0, lastAt: 0 };
    this.#named.set(ownText(key), added);
    return added;
  }

  /** Takes what was counted. */
  take(): ClientCount[] {
    const taken = [this.#anonymous, ...(this.#named?.values() ?? [])].filter(({ count }) => count > 0);
    const counts = taken.map((one) => ({ ...one }));
    this.#anonymous.count = 0;
    this.#named = null;
    return counts;
  }
}

/** Counts which operations this process is asked for, and by which clients, and reports that from time to time. */
export class UsageRecorder {
  readonly #report: (reports: readonly UsageReport[]) => void;
  readonly #now: () => number;
  readonly #counters = new WeakMap<PreparedOperation, Counter>();
  #waiting: Counter[] = [];
  #waitingBytes = 0;
  /** Uses that there was no room for. */
  #dropped = 0;
  readonly #timer: NodeJS.Timeout;
  #reporting: Promise<void> = Promise.resolve();

  /** @param now milliseconds since 1970 */
  constructor(report: (reports: readonly UsageReport[]) => void, now: () => number = Date.now) {
    this.#report = report;
    this.#now = now;
    this.#timer = setInterval(() => inBackground('usage', this.report()), REPORT_MS).unref();
  }

  /** Counts what can be executed: what is refused before that is no use of the schema. */
  readonly layer: ReadyLayer = {
    name: 'usage',
    wrap: (next) => (ready, call) => {
      const { query } = ready.asked;
      if (query !== undefined) this.#count(ready.prepared, query, call);
      return next(ready, call);
    },
  };

  #count(prepared: PreparedOperation, query: string, { facts }: Call): void {
    let counter = this.#counters.get(prepared);
    if (counter === undefined) {
      counter = new Counter(query, prepared.head.name);
      this.#counters.set(prepared, counter);
    }
    const bytes = counter.isWaiting ? 0 : COUNTER_BYTES + counter.query.length;
    if (this.#waitingBytes + bytes > WAITING_BYTES_MAX) {
      this.#dropped += 1;
      return;
    }
    if (!counter.isWaiting) this.#waiting.push(counter);
    counter.isWaiting = true;
    this.#waitingBytes += bytes + counter.count(facts.get(CLIENT_NAME), facts.get(CLIENT_VERSION), this.#now());
  }

  /** Reports what was counted since the last time. Never rejects. */
  report(): Promise<void> {
    this.#reporting = this.#reporting.then(() => this.#reportNow());
    return this.#reporting;
  }

  async #reportNow(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (this.#dropped > 0) announce('usage.dropped', { requests: this.#dropped });
    this.#dropped = 0;
    let reports: UsageReport[] = [];
    let characters = 0;
    for (const counter of waiting) {
      counter.isWaiting = false;
      const clients = counter.take();
      if (counter.operation === undefined) {
        // Its text is read and printed.
        await pieceTurn();
        counter.operation = signatureOf(counter.query, counter.operationName);
      }
      if (counter.operation === null) continue;
      reports.push({ operation: counter.operation, clients });
      characters += counter.operation.text.length;
      if (characters < REPORTED_CHARACTERS) continue;
      this.#report(reports);
      reports = [];
      characters = 0;
      // Another process may be told: what is sent is printed first.
      await pieceTurn();
    }
    if (reports.length > 0) this.#report(reports);
  }

  /** Reports what is left. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.report();
  }
}

function shortened(text: string | undefined): string | null {
  return text === undefined ? null : text.slice(0, NAME_LENGTH_MAX);
}

/** A part of a text, or a text made of parts, keeps all of them in memory: this one is by itself. */
function ownText<T extends string | null>(text: T): T {
  return (text === null ? null : Buffer.from(text).toString()) as T; // as: equal to it
}
