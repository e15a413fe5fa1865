import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { createPool } from '../../gateway/pool/instance-pool';
import type { Pool } from '../../gateway/pool/pool';
import { mutation, poolOptions, query } from '../fixtures/pool-options';
import { testCertificate } from '../fixtures/test-certificate';

const BODY = '{"data":{"a":"HTTP/1.1 100 Continue"}}';
const ANSWER = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`;
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
const EARLY_HINTS = 'HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\n';

/** What a server writes, one piece a turn of the loop or more. */
type Pieces = readonly string[];
const bytes = (text: string): Pieces => [...text];

describe('an interim response before the answer', () => {
  let server: Server;
  let pool: Pool;
  let connections: number;

  async function serve(pieces: Pieces, tls = false): Promise<void> {
    connections = 0;
    const answer = (socket: Socket) => {
      connections += 1;
      let request = '';
      socket.on('error', () => undefined);
      socket.on('data', async (data) => {
        request += data;
        // The body of the request is its last bytes.
        if (!request.endsWith('}"}')) return;
        request = '';
        for (const piece of pieces) {
          if (socket.destroyed) return;
          await new Promise((resolve) => socket.write(piece, resolve));
          await new Promise(setImmediate);
        }
      });
    };
    server = tls ? createTlsServer(testCertificate, answer) : createServer({ noDelay: true }, answer);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    // listening, so there is an address with a port
    const { port } = server.address() as AddressInfo;
    const url = `${tls ? 'https' : 'http'}://127.0.0.1:${port}/graphql`;
    const trusted = tls ? { ca: testCertificate.cert, cert: null, key: null } : null;
    pool = createPool(poolOptions([url], { tls: trusted, connections: 1 }));
  }

  afterEach(async () => {
    await pool.close(0);
    await new Promise((resolve) => server.close(resolve));
  });

  it.each<[string, Pieces]>([
    ['100 in front of it', [CONTINUE, ANSWER]],
    ['100 in one piece with it', [CONTINUE + ANSWER]],
    ['100 with headers', [`HTTP/1.1 100 Continue\r\nserver: a\r\nx-b: 100\r\n\r\n`, ANSWER]],
    ['100 without a reason', ['HTTP/1.1 100 \r\n\r\n', ANSWER]],
    ['100 of HTTP/1.0', ['HTTP/1.0 100 Continue\r\n\r\n', ANSWER]],
    ['several', [CONTINUE + CONTINUE + EARLY_HINTS + CONTINUE, CONTINUE, ANSWER]],
    ['102', ['HTTP/1.1 102 Processing\r\n\r\n', ANSWER]],
    ['103', [EARLY_HINTS, ANSWER]],
    ['100, byte by byte', [...bytes(CONTINUE + ANSWER)]],
    ['100, cut in its status', ['HTTP/1.1 1', `00 Continue\r\n\r\n${ANSWER.slice(0, 9)}`, ANSWER.slice(9)]],
    ['100, cut in its end', [CONTINUE.slice(0, -1), `\n${ANSWER}`]],
    ['none, byte by byte', [...bytes(ANSWER)]],
  ])('does not end the call: %s', async (_, pieces) => {
    await serve(pieces);
    for (const request of [query(), mutation(), query()]) expect(String((await pool.request(request)).body)).toBe(BODY);
    expect(connections).toBe(1);
  });

  it('does not end the call over TLS', async () => {
    await serve([CONTINUE, CONTINUE + ANSWER], true);
    for (let n = 0; n < 3; n += 1) expect((await pool.request(query())).status).toBe(200);
    expect(connections).toBe(1);
  });

  it('changes nothing of a body that reads like one', async () => {
    const pieces = [ANSWER.slice(0, -BODY.length), '{"data":{"a":"', 'HTTP/1.1 100 Continue', '"}}'];
    await serve(pieces);
    expect(String((await pool.request(query())).body)).toBe(BODY);
  });
});
