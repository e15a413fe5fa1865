import type { BrowserOptions } from '../../../gateway/http/browsers/options';
import { BROWSER_OPTIONS, type LocalServer, startLocalServer } from '../../fixtures/local-server';
import { RawSocket } from '../../fixtures/raw-socket';

const APP = 'https://app.example.com';
const CORS: BrowserOptions['cors'] = {
  policies: [
    {
      origins: [APP],
      matchOrigins: [],
      allowCredentials: false,
      allowHeaders: [],
      exposeHeaders: [],
      methods: [],
      maxAgeMs: null,
    },
  ],
  anyOrigin: { allowHeaders: [], exposeHeaders: [], methods: [], maxAgeMs: null },
};

describe('a request that a page elsewhere could have had sent', () => {
  let server: LocalServer;
  afterEach(() => server.close());

  async function start(browsers: Partial<BrowserOptions> = {}): Promise<void> {
    server = await startLocalServer({}, { browsers: { ...BROWSER_OPTIONS, ...browsers } });
  }

  /** @param lines header lines as they are sent */
  async function get(lines: string): Promise<{ status: number; text: string }> {
    const client = await RawSocket.open(server.port);
    client.send(
      `GET /graphql?query=%7Bhello%7D HTTP/1.1\r\nhost: x\r\naccept: application/json\r\n${lines}connection: close\r\n\r\n`,
    );
    const text = await client.untilClosed();
    return { status: Number(text.slice(9, 12)), text };
  }

  it.each([
    ['nothing', ''],
    ['an empty header', 'apollo-require-preflight:\r\n'],
    ['a header that any page can send', 'accept-language: de\r\n'],
    ['an origin', `origin: ${APP}\r\n`],
  ])('is refused with %s', async (_, lines) => {
    await start();
    const { status, text } = await get(lines);
    expect(status).toBe(400);
    expect(text).toContain('x-apollo-operation-name, apollo-require-preflight');
  });

  it.each([
    'x-apollo-operation-name: A',
    'apollo-require-preflight: 1',
    'content-type: application/json',
    'Content-Type: APPLICATION/JSON; charset=utf-8',
    'content-type: application/json;',
  ])('is answered with %s', async (line) => {
    await start();
    expect((await get(`${line}\r\n`)).status).toBe(200);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=a',
    'message/x',
    'text/plain;application/json',
    'application/json, text/plain',
    'a, b',
    ';',
    '',
  ])('is refused with content-type %j, whatever else it has', async (type) => {
    for (const csrf of [BROWSER_OPTIONS.csrf, { ...BROWSER_OPTIONS.csrf, enabled: false }]) {
      await start({ csrf });
      expect((await get(`content-type: ${type}\r\napollo-require-preflight: 1\r\n`)).status).toBe(415);
      await server.close();
    }
  });

  it('is refused with two content types', async () => {
    await start();
    // Node takes the first one.
    expect((await get('content-type: text/plain\r\ncontent-type: application/json\r\n')).status).toBe(415);
  });

  it('is answered where its origin has a policy, and not because anybody may read', async () => {
    await start({ cors: CORS });
    expect((await get(`origin: ${APP}\r\n`)).status).toBe(200);
    expect((await get('origin: https://evil.example\r\n')).status).toBe(400);
    expect((await get('')).status).toBe(400);
  });

  it('needs the headers that are configured', async () => {
    await start({ csrf: { enabled: true, requiredHeaders: ['x-own'] } });
    expect((await get('apollo-require-preflight: 1\r\n')).status).toBe(400);
    expect((await get('X-Own: 1\r\n')).status).toBe(200);
  });

  it('is answered when that is configured', async () => {
    await start({ csrf: { enabled: false, requiredHeaders: [] } });
    expect((await get('')).status).toBe(200);
    server.listener.update(BROWSER_OPTIONS);
    expect((await get('')).status).toBe(400);
  });
});
