import type { Socket } from 'node:net';
import { type PeerCertificate, TLSSocket } from 'node:tls';
import { CLIENT_CERTIFICATE, type ClientCertificate } from '../../client-certificate';
import type { HttpLayer } from '../http-step';

/** One for each connection: a certificate does not change. */
const known = new WeakMap<Socket, ClientCertificate | null>();

/** Says what the client of a call has proved to be; behind it, `CLIENT_CERTIFICATE` is a fact of the call. */
export const clientCertificates: HttpLayer = {
  name: 'client certificate',
  wrap: (next) => (exchange) => {
    const { socket } = exchange;
    let certificate = known.get(socket);
    if (certificate === undefined) {
      certificate = certificateOf(socket);
      known.set(socket, certificate);
    }
    if (certificate !== null) exchange.facts.put(CLIENT_CERTIFICATE, certificate);
    return next(exchange, undefined);
  },
};

function certificateOf(socket: Socket): ClientCertificate | null {
  return socket instanceof TLSSocket && socket.authorized ? readCertificate(socket.getPeerCertificate()) : null;
}

function readCertificate({
  subject,
  subjectaltname,
  fingerprint256,
  valid_to: end,
}: PeerCertificate): ClientCertificate {
  const members = Object.entries(subject).map(([name, value]) => [name, String([value].flat()[0] ?? '')]);
  return {
    subject: Object.fromEntries(members),
    // Node writes values that hold a comma as JSON strings, so that none passes for two.
    alternativeNames: subjectaltname?.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g)?.map((name) => name.trim()) ?? [],
    fingerprint: fingerprint256,
    expiresAtMs: Date.parse(end),
  };
}
