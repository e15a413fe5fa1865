import type { Socket } from 'node:net';
import { Deadline } from '../../deadline';
import type { Connections } from '../connections';
import { IdlePlace, type OpenConnection } from '../open-connection';

/** What a client begins with that speaks HTTP/2; no request of HTTP/1.1 looks like it. RFC 9113 section 3.4. */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** Takes a connection of which nothing was read; one that is paused has to be resumed. */
type Take = (socket: Socket) => void;

/** Versions of HTTP that a connection may turn out to speak. */
export interface Speakers {
  readonly http1: Take;
  readonly http2: Take;
}

/** Tells by the first bytes of a connection without TLS which version of HTTP it speaks, and hands it on as if nobody had looked. */
export class PriorKnowledge {
  readonly #connections: Connections;
  readonly #speakers: Speakers;
  readonly #waitMs: number;

  /** @param waitMs in which the first bytes have to come */
  constructor(connections: Connections, waitMs: number, speakers: Speakers) {
    this.#connections = connections;
    this.#waitMs = waitMs;
    this.#speakers = speakers;
  }

  take(socket: Socket): void {
    if (!this.#connections.takes(socket)) return;
    const opening = new Opening(socket);
    const leave = this.#connections.enter(socket, opening);
    const deadline = new Deadline(this.#waitMs, () => socket.destroy());
    let bytes: Buffer = Buffer.alloc(0);
    const onData = (chunk: Buffer) => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      const compared = Math.min(bytes.length, PREFACE.length);
      const isPreface = PREFACE.compare(bytes, 0, compared, 0, compared) === 0;
      opening.idle = false;
      if (isPreface && compared < PREFACE.length) return;
      stop();
      leave();
      socket.pause().unshift(bytes);
      if (isPreface) this.#speakers.http2(socket);
      else this.#speakers.http1(socket);
    };
    const onEnd = () => socket.destroy();
    const onError = () => undefined;
    const stop = () => {
      deadline.cancel();
      socket.off('data', onData).off('end', onEnd).off('error', onError).off('close', stop);
    };
    socket.on('error', onError).on('close', stop).on('end', onEnd).on('data', onData);
    // It may have been paused while something else was read from it.
    socket.resume();
  }
}

/** A connection that has not said what it speaks. */
class Opening implements OpenConnection {
  readonly idlePlace = new IdlePlace(this);
  readonly idleSince = performance.now();
  idle = true;
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  closed(): void {}

  destroy(): void {
    this.#socket.destroy();
  }
}
