import { CorsPolicies } from '../../../gateway/http/browsers/cors-policies';
import type { CorsOptions } from '../../../gateway/http/browsers/options';
import type { Route } from '../../../gateway/http/route';
import { upgradesOf } from '../../../gateway/http/router';
import { HttpServer } from '../../../gateway/http/server';
import { httpStack } from '../../../gateway/pipeline';
import { RawSocket } from '../../fixtures/raw-socket';

const RULES = { allowHeaders: [], exposeHeaders: [], methods: [], maxAgeMs: null };
const named = (origins: readonly string[], allowCredentials = false): CorsOptions => ({
  policies: [{ ...RULES, origins, matchOrigins: [], allowCredentials }],
  anyOrigin: null,
});

describe('a handshake of a page', () => {
  let server: HttpServer;
  let seen: (string | undefined)[];
  afterEach(() => server.close());

  const ROUTE: Route = {
    method: 'GET',
    path: '/ws',
    handle: () => ({ status: 200 }),
    upgrade: ({ headers }, { socket }) => {
      seen.push(headers.cookie, headers.authorization);
      socket.end('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
    },
  };

  async function status(origin: string | null, cors: CorsOptions | null, host = 'api.example.com'): Promise<string> {
    seen = [];
    server = new HttpServer({
      name: 'server',
      listen: { host: '127.0.0.1', port: 0 },
      portRemedy: '',
      way: httpStack([ROUTE], null, [], undefined, { policies: cors === null ? null : new CorsPolicies(cors) }),
      upgrades: upgradesOf([ROUTE]),
      requestBytesMax: 1_000,
      requestTimeoutMs: 60_000,
    });
    const { port } = await server.listen();
    const client = await RawSocket.open(port);
    const from = origin === null ? '' : `origin: ${origin}\r\n`;
    client.send(
      `GET /ws HTTP/1.1\r\nhost: ${host}\r\n${from}connection: upgrade\r\nupgrade: websocket\r\ncookie: token=1\r\nauthorization: Basic eA==\r\n\r\n`,
    );
    const received = await client.untilClosed();
    return received.slice(9, 12);
  }

  it.each([
    ['whoever is no page', null, null, 'api.example.com'],
    ['a page of this host', 'https://api.example.com', null, 'api.example.com'],
    ['a page of this host and port', 'http://api.example.com:8080', null, 'API.example.com:8080'],
    [
      'an origin that a policy names',
      'https://app.example.com',
      named(['https://app.example.com'], true),
      'api.example.com',
    ],
    ['an origin that has none, named', 'null', named(['null']), 'api.example.com'],
    ['any origin', 'https://x.example', { policies: [], anyOrigin: RULES }, 'api.example.com'],
  ])('is taken from %s', async (_, origin, cors, host) => {
    expect(await status(origin, cors, host)).toBe('101');
    expect(seen).toHaveLength(2);
  });

  it.each([
    ['another host', 'https://evil.example', null],
    ['another port', 'https://api.example.com:8443', null],
    ['no origin', 'null', { policies: [], anyOrigin: RULES }],
    ['one that only begins so', 'https://api.example.com.evil.example', named(['https://app.example.com'])],
    ['one that only ends so', 'https://evil.example/api.example.com', null],
    ['another scheme', 'ws://api.example.com', null],
  ])('is refused from %s', async (_, origin, cors) => {
    expect(await status(origin, cors)).toBe('403');
    expect(seen).toEqual([]);
  });

  it('brings credentials of the browser only where its policy allows them', async () => {
    await status('https://api.example.com', null);
    expect(seen).toEqual(['token=1', 'Basic eA==']);
    await server.close();
    await status('https://app.example.com', named(['https://app.example.com'], true));
    expect(seen).toEqual(['token=1', 'Basic eA==']);
    await server.close();
    await status('https://app.example.com', named(['https://app.example.com'], false));
    expect(seen).toEqual([undefined, undefined]);
  });
});
