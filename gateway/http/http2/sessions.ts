import { performServerHandshake, type ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { announce } from '../../events';
import { Refusals } from '../../refusals';
import { Session, type SessionSite } from './session';
import { SESSION_OPTIONS } from './session-options';

/** Looks at them once in so long. */
const SWEEP_MS = 1_000;

/** The open connections by HTTP/2 of one listener. */
export class Sessions {
  readonly #site: SessionSite;
  readonly #open = new Set<Session>();
  #timer: NodeJS.Timeout | null = null;

  /** @param listener its name, for the log */
  constructor(listener: string, site: Omit<SessionSite, 'onRefused' | 'leaving'>) {
    let why = '';
    const refusals = new Refusals((count) => announce('http2.refused', { listener, count, reason: why }));
    const onRefused = (reason: string) => {
      why = reason;
      refusals.add();
    };
    this.#site = { onRefused, leaving: false, ...site };
  }

  /** Of connections on which HTTP/2 begins with what comes next. */
  readonly take = (socket: Socket): void => {
    const { connections } = this.#site;
    if (socket.destroyed || !connections.takes(socket)) return;
    // Whoever ends his side ends the connection.
    socket.allowHalfOpen = false;
    const http2 = performServerHandshake(socket, SESSION_OPTIONS);
    endLater(http2);
    const session = new Session(socket, http2, this.#site);
    connections.enter(socket, session);
    this.#open.add(session);
    socket.once('close', () => this.#open.delete(session));
    this.#timer ??= setInterval(() => this.#sweep(), SWEEP_MS).unref();
  };

  /** Tells clients to leave: what has arrived is answered, and what comes afterwards is for another connection. */
  leave(): void {
    this.#site.leaving = true;
    for (const session of this.#open) session.leave();
  }

  #sweep(): void {
    const now = performance.now();
    for (const session of this.#open) session.look(now);
    if (this.#open.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}

/**
 * Has Node end a connection after what it is reading, and not among it: where a client says that it goes away because of an error, and
 * sends a request with a body behind that, Node would find the request without an object, and end the process
 * (nodejs/node#64850; 22.23 does).
 */
function endLater(http2: ServerHttp2Session): void {
  const end = http2.destroy.bind(http2);
  http2.destroy = (error, code) => {
    setImmediate(() => end(error, code));
  };
}
