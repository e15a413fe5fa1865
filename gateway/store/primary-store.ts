import { Deadline } from '../deadline';
import { announce, type Events } from '../events';
import type { Soon } from '../layers';
import { Refusals } from '../refusals';
import { askBytes } from './ask-bytes';
import { Followers } from './followers';
import { BATCH_BYTES_MAX, isKeepable, isName, PUBLISHED_BYTES_MAX } from './limits';
import type { StoreAnswer, StoreAnswers, StoreAsk, StoreBatch, StorePublished } from './messages';
import type { StoreOptions } from './options';
import type { Rate, Store, StoreEntry, Taken } from './store';

/** What was asked in one turn of the loop, until it is answered. */
interface Batch {
  readonly id: number;
  readonly asks: StoreAsk[];
  /** One for each ask; called with undefined when there is no answer. Empty once nobody waits any more. */
  settle: ((answer: StoreAnswer | undefined) => void)[];
  bytes: number;
  /** Null until it is sent, unless it waits for the message before it. */
  deadline: Deadline | null;
}

const NOTHING = Buffer.alloc(0);

/**
 * The store of the primary process, asked over the channel to it. All that is asked in a turn of the loop is one message, and
 * one message is under way at a time: meanwhile the next one is gathered. When the time limit of a message is over, everybody
 * goes on without an answer, and so does whoever asks until the answer comes after all: nothing piles up before a primary that
 * stands still, and nobody waits for it twice.
 */
export class PrimaryStore implements Store {
  readonly #send: (batch: StoreBatch) => void;
  readonly #timeoutMs: number;
  readonly #followers = new Followers();
  readonly #unanswered: Refusals;
  #batches = 0;
  #gathering: Batch | null = null;
  #underWay: Batch | null = null;
  /** The message under way took longer than it may. */
  #silent = false;
  #closed = false;

  constructor(send: (batch: StoreBatch) => void, { timeoutMs }: StoreOptions) {
    this.#send = send;
    this.#timeoutMs = timeoutMs;
    this.#unanswered = new Refusals((count) => announce('store.unanswered', { count, timeoutMs }));
  }

  get(keys: readonly string[]): Soon<readonly (Buffer | null)[]> {
    const none = keys.map(() => null);
    return keys.length === 0 ? none : this.#ask<readonly (Buffer | null)[]>({ op: 'get', keys }, none);
  }

  set(entries: readonly StoreEntry[]): void {
    // What is not kept takes the place of what was there all the same.
    const fitting = entries.map((entry) =>
      isKeepable(entry) ? entry : { key: entry.key, value: NOTHING, ttlMs: 0, tags: [] },
    );
    const named = fitting.filter(({ key }) => isName(key));
    if (named.length > 0) this.#tell({ op: 'set', entries: named });
  }

  take(bucket: string, cost: number, rate: Rate): Soon<Taken | null> {
    return isName(bucket) ? this.#ask<Taken | null>({ op: 'take', bucket, cost, rate }, null) : null;
  }

  drop(tags: readonly string[]): Soon<number | null> {
    return this.#ask<number | null>({ op: 'drop', tags }, null);
  }

  publish(topic: string, message: Buffer): void {
    if (isName(topic) && message.byteLength <= PUBLISHED_BYTES_MAX) this.#tell({ op: 'publish', topic, message });
  }

  follow(topic: string, listener: (message: Buffer) => void): () => void {
    return this.#followers.follow(topic, listener);
  }

  /** Takes what the primary sends. */
  receive(message: StoreAnswers | StorePublished): void {
    if (message.kind === 'store published') this.#followers.tell(message.topic, message.message);
    else if (message.id === this.#underWay?.id) this.#answered(this.#underWay, message.answers);
  }

  close(): void {
    this.#closed = true;
    this.#followers.clear();
    for (const batch of [this.#underWay, this.#gathering]) if (batch !== null) abandon(batch);
    this.#underWay = null;
    this.#gathering = null;
  }

  #tell(ask: StoreAsk): void {
    this.#gather(ask, () => undefined);
  }

  #ask<T extends StoreAnswer>(ask: StoreAsk, without: T): Soon<T> {
    let settle: (value: T) => void = () => undefined;
    const answer = new Promise<T>((resolve) => {
      settle = resolve;
    });
    // As: the primary answers an ask with what its operation gives.
    const gathered = this.#gather(ask, (found) => settle(found === undefined ? without : (found as T)));
    return gathered ? answer : without;
  }

  /** @returns false when it goes on without an answer */
  #gather(ask: StoreAsk, settle: (answer: StoreAnswer | undefined) => void): boolean {
    const bytes = askBytes(ask);
    if (this.#closed || this.#silent || (this.#gathering?.bytes ?? 0) + bytes > BATCH_BYTES_MAX) {
      this.#note(ask.op, 'unanswered');
      return false;
    }
    const batch = this.#gathering ?? this.#begin();
    batch.bytes += bytes;
    batch.asks.push(ask);
    batch.settle.push((answer) => {
      this.#note(ask.op, answer === undefined ? 'unanswered' : 'answered');
      settle(answer);
    });
    return true;
  }

  #begin(): Batch {
    this.#batches += 1;
    const waits = this.#underWay !== null;
    const batch: Batch = { id: this.#batches, asks: [], settle: [], bytes: 0, deadline: null };
    if (waits) batch.deadline = this.#deadline();
    else setImmediate(() => this.#flush());
    this.#gathering = batch;
    return batch;
  }

  #deadline(): Deadline {
    return new Deadline(this.#timeoutMs, () => this.#fallSilent());
  }

  #flush(): void {
    const batch = this.#gathering;
    if (batch === null) return;
    this.#gathering = null;
    this.#underWay = batch;
    batch.deadline ??= this.#deadline();
    this.#send({ kind: 'store asked', id: batch.id, asks: batch.asks });
  }

  #answered(batch: Batch, answers: readonly StoreAnswer[]): void {
    batch.deadline?.cancel();
    this.#underWay = null;
    this.#silent = false;
    for (const [index, settle] of batch.settle.entries()) settle(answers[index]);
    this.#flush();
  }

  /** The time of the oldest message is over: that of all who wait would be, soon. */
  #fallSilent(): void {
    this.#silent = this.#underWay !== null;
    const gathering = this.#gathering;
    this.#gathering = null;
    for (const batch of [this.#underWay, gathering]) if (batch !== null) abandon(batch);
  }

  #note(operation: StoreAsk['op'], outcome: Events['store.used']['outcome']): void {
    announce('store.used', { operation, outcome });
    if (outcome === 'unanswered') this.#unanswered.add();
  }
}

/** Everybody who waits goes on without an answer. */
function abandon(batch: Batch): void {
  batch.deadline?.cancel();
  for (const settle of batch.settle.splice(0)) settle(undefined);
}
