import { subscribe } from '../../gateway/events';
import { Concurrency } from '../../gateway/http/concurrency';
import type { Asking } from '../../gateway/http/graphql/asking';
import { holdTimers, letGo } from '../fixtures/held-time';
import { type LocalServer, startLocalServer } from '../fixtures/local-server';
import { RawSocket } from '../fixtures/raw-socket';

const HELD = JSON.stringify({ query: '{ held }' });
const HELLO = JSON.stringify({ query: '{ hello }' });
const OF_THIS_TEST = 7;
const TIMEOUT_MS = 60_000;
const TYPE = { 'content-type': 'application/json' };

describe('a server that answers one request at a time', () => {
  let server: LocalServer;

  const post = (body: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(server.graphql, { method: 'POST', headers: { ...TYPE, ...headers }, body });
  const statusOf = async (body: string) => (await post(body)).status;
  const head = (length: number, more = '') =>
    `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n${more}\r\n`;

  beforeEach(async () => {
    server = await startLocalServer({ timeoutMs: TIMEOUT_MS }, { concurrencyMax: 1 });
  });
  afterEach(async () => {
    letGo();
    await server.close();
  });

  /** Resolves once nothing is under way. */
  async function idle(): Promise<void> {
    while (server.concurrency.active > 0) await new Promise((resolve) => setImmediate(resolve));
  }

  it.each(['*/*', 'application/json', 'application/graphql-response+json'])(
    'refuses others in the form of a GraphQL answer as %s',
    async (accept) => {
      const held = post(HELD);
      await server.local.holding(1);
      const refused = await post(HELLO, { accept });
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
      expect(refused.headers.get('content-type')).toContain(accept === '*/*' ? 'application/json' : accept);
      expect(await refused.json()).toEqual({
        errors: [
          {
            message: 'the gateway is busy with other requests; try again shortly',
            extensions: { code: 'GATEWAY_OVERLOADED' },
          },
        ],
      });
      server.local.release();
      expect(await (await held).json()).toEqual({ data: { held: 'released' } });
    },
  );

  it('refuses GET as well, and answers for health all the time', async () => {
    const held = post(HELD);
    await server.local.holding(1);
    const headers = { 'apollo-require-preflight': '1' };
    expect((await fetch(`${server.graphql}?query={hello}`, { headers })).status).toBe(503);
    for (const path of ['live', 'ready']) expect((await fetch(`${server.url}/health/${path}`)).status).toBe(200);
    expect([server.concurrency.active, server.concurrency.refused]).toEqual([1, 1]);
    server.local.release();
    await held;
  });

  it('has room again after an answer, an error and a request that is none', async () => {
    for (const body of [HELLO, JSON.stringify({ query: '{ crash }' }), '{"query":', '{"query":"{ nothing }"}']) {
      await post(body);
      expect(server.concurrency.active).toBe(0);
    }
    expect(await statusOf(HELLO)).toBe(200);
  });

  it('has room again when the client leaves', async () => {
    const client = await RawSocket.open(server.port);
    client.send(head(HELD.length) + HELD);
    await server.local.holding(1);
    expect(await statusOf(HELLO)).toBe(503);
    client.destroy();
    await idle();
    expect(await statusOf(HELLO)).toBe(200);
  });

  it('has room again when the time of a request is over', async () => {
    holdTimers();
    const held = statusOf(HELD);
    await server.local.holding(1);
    jest.advanceTimersByTime(TIMEOUT_MS);
    expect(await held).toBe(504);
    expect(await statusOf(HELLO)).toBe(200);
  });

  it('gives no room to a request whose body has not arrived', async () => {
    const client = await RawSocket.open(server.port);
    client.send(head(HELLO.length, 'expect: 100-continue\r\n'));
    await client.until('100 Continue');
    expect(await statusOf(HELLO)).toBe(200);
    client.send(HELLO);
    expect(await client.until('world')).toContain('HTTP/1.1 200');
    client.destroy();
  });

  it('refuses without waiting for the body', async () => {
    const held = post(HELD);
    await server.local.holding(1);
    const client = await RawSocket.open(server.port);
    client.send(head(HELLO.length));
    expect(await client.until('GATEWAY_OVERLOADED')).toContain('HTTP/1.1 503');
    client.destroy();
    server.local.release();
    await held;
  });

  it('takes over another limit while it runs', async () => {
    const held = post(HELD);
    await server.local.holding(1);
    expect(await statusOf(HELLO)).toBe(503);
    server.concurrency.update({ concurrencyMax: 2 });
    expect(await statusOf(HELLO)).toBe(200);
    server.concurrency.update({ concurrencyMax: 1 });
    expect(await statusOf(HELLO)).toBe(503);
    server.local.release();
    expect((await held).status).toBe(200);
  });
});

describe('what a full gateway refuses', () => {
  it('is announced at once, and then together with what follows', async () => {
    const announced: number[] = [];
    let wake = () => {};
    const stop = subscribe('requests.refused', ({ count, max }) => {
      // Those of other tests may come late.
      if (max === OF_THIS_TEST) announced.push(count);
      wake();
    });
    const concurrency = new Concurrency({ concurrencyMax: OF_THIS_TEST });
    // as: it looks at nothing of it
    const enter = () =>
      concurrency.place.wrap(() => new Promise<never>(() => {}))({ atEnd: [] } as unknown as Asking, undefined);
    const entered = Array.from({ length: OF_THIS_TEST }, enter);
    expect(entered).toHaveLength(OF_THIS_TEST);
    for (let count = 0; count < 5; count++) expect(enter).toThrow('busy');
    expect(announced).toEqual([1]);
    while (announced.length < 2)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    expect(announced).toEqual([1, 4]);
    expect([concurrency.active, concurrency.refused]).toEqual([OF_THIS_TEST, 5]);
    stop();
  });
});
