import { ANSWER_BYTES_MAX } from './limits';
import type { MemoryStore } from './memory-store';
import type { StoreAnswer, StoreAnswers, StoreAsk, StoreBatch, StorePublished } from './messages';

/** @param sent to be called when the message has left this process */
type Send = (message: StorePublished, sent: () => void) => void;

/** Bytes of published messages that may wait for a process that does not read; those beyond it are lost to it. */
const UNSENT_BYTES_MAX = 1_000_000;

/** The end of the process that has the store: answers the others. */
export class StoreHost {
  readonly #store: MemoryStore;

  constructor(store: MemoryStore) {
    this.#store = store;
  }

  answer({ id, asks }: StoreBatch): StoreAnswers {
    const room = { bytes: ANSWER_BYTES_MAX };
    return { kind: 'store answered', id, answers: asks.map((ask) => this.#answerTo(ask, room)) };
  }

  /** Sends all that is published to one more process. @returns ends it */
  join(send: Send): () => void {
    let unsent = 0;
    return this.#store.followAll((topic, message) => {
      const bytes = message.byteLength + topic.length;
      if (unsent + bytes > UNSENT_BYTES_MAX) return;
      unsent += bytes;
      send({ kind: 'store published', topic, message }, () => {
        unsent -= bytes;
      });
    });
  }

  #answerTo(ask: StoreAsk, room: { bytes: number }): StoreAnswer {
    switch (ask.op) {
      case 'get':
        return this.#store.get(ask.keys).map((value) => fitting(value, room));
      case 'take':
        return this.#store.take(ask.bucket, ask.cost, ask.rate);
      case 'drop':
        return this.#store.drop(ask.tags);
      case 'set':
        this.#store.set(ask.entries);
        return null;
      case 'publish':
        this.#store.publish(ask.topic, ask.message);
        return null;
    }
  }
}

function fitting(value: Buffer | null, room: { bytes: number }): Buffer | null {
  if (value === null || value.byteLength > room.bytes) return null;
  room.bytes -= value.byteLength;
  return value;
}
