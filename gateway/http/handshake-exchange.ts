import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Cancellation } from '../cancellation';
import type { BodyBudget } from './body-budget';
import { Http1Exchange } from './http1-exchange';
import type { Answer, Handshake } from './route';

/** Status of an answer that the route which took the connection has given already. */
export const SWITCHING_PROTOCOLS = 101;

/** A handshake on a connection that Node is done with: it has taken its listeners and its timers off. */
export class HandshakeExchange extends Http1Exchange {
  override readonly handshake: Handshake;
  readonly #response: ServerResponse;
  readonly #bytesWritten: number;

  /** @param head what came behind the handshake */
  constructor(request: IncomingMessage, socket: Socket, head: Buffer, room: BodyBudget, closing: Cancellation) {
    const response = new ServerResponse(request);
    super(request, response, room, false);
    this.handshake = { socket, head, closing };
    this.#response = response;
    this.#bytesWritten = socket.bytesWritten;
    socket.setTimeout(0);
    response.assignSocket(socket);
    response.once('finish', () => socket.destroySoon());
  }

  /** Leaves the connection to the route that has taken it, or refuses and ends it. */
  override send(answer: Answer, _last: boolean, silenceMs: number): void {
    const { socket } = this.handshake;
    if (answer.status === SWITCHING_PROTOCOLS) this.#response.detachSocket(socket);
    else if (socket.bytesWritten > this.#bytesWritten) socket.destroy();
    else super.send(answer, true, silenceMs);
  }
}
