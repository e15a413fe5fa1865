import { IncomingMessage } from 'node:http';
import { splitTarget } from './target';

/** Whether a header `upgrade` asks for a WebSocket: all others may be ignored, and are. */
export function isWebSocket(upgrade: string | undefined): boolean {
  return upgrade !== undefined && /^\s*websocket\s*$/i.test(upgrade);
}

/**
 * Makes the class of a server's requests, so that only handshakes for certain paths are upgrades. Of a server that listens to
 * 'upgrade', Node makes one of every request that asks for any protocol, and leaves its body unread; some clients ask for h2c
 * with each request. It looks at the property `upgrade` when it has read the headers.
 * @param takes whether a handshake for this path is taken
 */
export function requestClass(takes: (path: string) => boolean): typeof IncomingMessage {
  return class Request extends IncomingMessage {
    /** As the parser says it. No field of the class: Node's constructor sets it already. */
    declare asked: unknown;

    get upgrade(): boolean {
      if (this.asked !== true) return false;
      if (this.method === 'CONNECT') return true;
      const { method, url = '', headers } = this;
      return method === 'GET' && isWebSocket(headers.upgrade) && takes(splitTarget(url).path);
    }

    set upgrade(asked: unknown) {
      this.asked = asked;
    }
  };
}
