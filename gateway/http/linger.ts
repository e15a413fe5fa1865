import type { IncomingMessage } from 'node:http';

/** How long the rest of a refused body is read and thrown away, so that the client gets to read the refusal. */
const LINGER_MS = 2_000;

/** Ends a connection whose client goes on sending a body that was answered already. @param closesLater once it is there */
export function lingerFor(request: IncomingMessage, closesLater: boolean): void {
  const { socket } = request;
  if (request.complete) {
    if (closesLater) socket.destroySoon();
    return;
  }
  if (closesLater) request.once('end', () => socket.destroySoon());
  const timer = setTimeout(() => {
    if (!request.complete) socket.destroy();
  }, LINGER_MS);
  timer.unref();
}
