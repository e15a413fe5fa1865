import { z } from 'zod';
import { isRange } from '../../addresses';
import { UNIX_SOURCE } from '../../http/proxies/source-address';
import { duration } from '../duration';
import { listenAnywhere } from '../listen';
import { size } from '../size';

const path = z
  .string()
  .regex(/^\/[A-Za-z0-9._~/-]*$/, 'expected a path such as /graphql')
  .refine((value) => !/^\/health(\/|$)/.test(value), 'paths under /health are taken by the health checks');

const compression = z
  .strictObject({
    enabled: z.boolean().prefault(false).describe('Answers are compressed for clients that accept it.'),
    min_size: size().prefault('1KB').describe('Smaller ones are sent as they are.'),
    encodings: z
      .array(z.enum(['br', 'gzip', 'zstd']))
      .min(1)
      .refine((given) => new Set(given).size === given.length, 'one is there twice')
      .prefault(['br', 'gzip'])
      .describe('What is offered, the preferred one first. zstd needs Node 22.15 or newer, and is left out before.'),
  })
  .prefault({})
  .describe('Compression of answers.');

const pem = (what: string) => z.string().min(1).describe(`${what}: a file of PEM text, or the text itself.`);

const tls = z
  .strictObject({
    cert: pem('The certificate, with those that lead to an authority'),
    key: pem('Its private key'),
    client_ca: pem('Authorities of client certificates').exactOptional(),
    client_auth: z
      .enum(['none', 'request', 'require'])
      .prefault('none')
      .describe('Client certificates: request: may be shown, and are refused when wrong; require: have to be.'),
  })
  .refine(({ client_ca: ca, client_auth: auth }) => auth === 'none' || ca !== undefined, {
    message: 'client_auth needs client_ca: the authorities whose certificates are believed',
  });

function isProxy(text: string): boolean {
  return text === UNIX_SOURCE || isRange(text);
}

export const server = z
  .strictObject({
    listen: listenAnywhere()
      .prefault('127.0.0.1:4000')
      .describe('Addresses for clients, one or a list: host:port, :port (loopback), a port, or unix:/path.'),
    socket_mode: z
      .string()
      .regex(/^0?[0-7]{3}$/, 'expected the permissions of a file as three octal digits in quotes, such as "660"')
      .prefault('660')
      .describe('Permissions of Unix sockets: who may connect.'),
    path: path.prefault('/graphql').describe('Where GraphQL is served.'),
    workers: z
      .union([z.int().min(1).max(256), z.literal('auto')], { error: 'expected a number of processes or auto' })
      .prefault(1)
      .describe('Processes that share the port; auto is one for each core.'),
    max_connections: z
      .int()
      .min(10)
      .max(1_000_000)
      .prefault(10_000)
      .describe(
        'Connections open at once, of each worker; the longest idle one makes room. Fewer where descriptors are few.',
      ),
    compression,
    tls: tls
      .exactOptional()
      .describe('Clients connect by TLS 1.2 or 1.3. The files are watched, and swapped while connections go on.'),
    http2: z
      .boolean()
      .exactOptional()
      .describe(
        'With tls: clients may choose HTTP/2 in the handshake (ALPN). Absent: unless this Node has a known flaw.',
      ),
    h2c: z
      .boolean()
      .prefault(false)
      .describe('Without tls: clients may begin with HTTP/2 at once (prior knowledge), at the same addresses.'),
    trusted_proxies: z
      .array(z.string().refine(isProxy, 'expected an address, a range such as 10.0.0.0/8, or unix: for Unix sockets'))
      .prefault([])
      .describe('Addresses and ranges of proxies whose word counts: x-request-id, Forwarded, X-Forwarded-*.'),
    response_codes: z
      .enum(['audit', 'draft2026'])
      .prefault('audit')
      .describe(
        'Statuses of GraphQL answers: 200 and 400 as clients expect, or 294 and 422 of GraphQL over HTTP of 2026.',
      ),
    proxy_protocol: z
      .boolean()
      .prefault(false)
      .describe('True: trusted proxies begin each connection with a PROXY header, version 1 or 2.'),
    drain_timeout: duration({ minMs: 0 }).prefault('30s').describe('What requests in flight get after SIGTERM.'),
  })
  .prefault({})
  .describe('The listener for clients.');
