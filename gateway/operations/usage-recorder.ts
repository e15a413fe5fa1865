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
/** Texts of operations that wait to be reported. */
const WAITING_BYTES_MAX = 16_000_000;
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

  count(name: string | undefined, version: string | undefined, now: number): void {
    const counted = name === undefined && version === undefined ? this.#anonymous : this.#of(name, version);
    counted.count += 1;
    counted.lastAt = now;
  }

  #of(name: string | undefined, version: string | undefined): Count {
    this.#named ??= new Map();
    const key = `${name ?? ''}\n${version ?? ''}`;
    const known = this.#named.get(key);
    if (known !== undefined) return known;
    if (this.#named.size >= CLIENTS_MAX) return this.#anonymous;
    const client = { name: shortened(name), version: shortened(version) };
    const added: Count = { client, count: 0, lastAt: 0 };
    this.#named.set(key, added);
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
    if (!counter.isWaiting && !this.#makeWait(counter)) return;
    counter.count(facts.get(CLIENT_NAME), facts.get(CLIENT_VERSION), this.#now());
  }

  #makeWait(counter: Counter): boolean {
    if (this.#waitingBytes + counter.query.length > WAITING_BYTES_MAX) {
      this.#dropped += 1;
      return false;
    }
    counter.isWaiting = true;
    this.#waitingBytes += counter.query.length;
    this.#waiting.push(counter);
    return true;
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
    const reports: UsageReport[] = [];
    for (const counter of waiting) {
      counter.isWaiting = false;
      const clients = counter.take();
      if (counter.operation === undefined) {
        // Its text is read and printed.
        await pieceTurn();
        counter.operation = signatureOf(counter.query, counter.operationName);
      }
      if (counter.operation !== null) reports.push({ operation: counter.operation, clients });
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
