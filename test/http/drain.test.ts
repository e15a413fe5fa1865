import { Agent, request } from 'node:http';
import { type LocalServer, startLocalServer } from '../fixtures/local-server';
import { RawSocket } from '../fixtures/raw-socket';

/** Nobody is cut off because the machine has other work. */
const DRAIN_MS = 60_000;
const HELLO = JSON.stringify({ query: '{ hello }' });
const HELD = JSON.stringify({ query: '{ held }' });

interface Reply {
  readonly status: number;
  readonly close: boolean;
}

function post(agent: Agent, url: string, body: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(url, { agent, method: 'POST', headers }, (response) => {
      response.resume();
      response.once('error', reject);
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, close: response.headers.connection === 'close' }),
      );
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

/** A client with one kept-alive connection, which asks again and again until it is told to close it. */
async function askUntilTold(url: string, onAnswer: () => void): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let answers = 0;
  for (;;) {
    const { status, close } = await post(agent, url, HELLO);
    if (status !== 200) throw new Error(`answered ${status}`);
    answers += 1;
    onAnswer();
    if (close) return answers;
  }
}

/** The same, but it connects anew when told, until it fails. @returns the code of the failure */
async function askUntilFailed(url: string, onAnswer: () => void): Promise<unknown> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    for (;;) {
      await post(agent, url, HELLO);
      onAnswer();
    }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

/** Resolves once nobody listens any more. */
async function refused(url: string): Promise<void> {
  for (;;) {
    const answered = await fetch(`${url}/health/live`).then(
      () => true,
      () => false,
    );
    if (!answered) return;
  }
}

function countdown(count: number): { readonly reached: Promise<void>; readonly hit: () => void } {
  let left = count;
  let finish = () => {};
  const reached = new Promise<void>((resolve) => {
    finish = resolve;
  });
  return {
    reached,
    hit: () => {
      left -= 1;
      if (left === 0) finish();
    },
  };
}

describe('draining', () => {
  let server: LocalServer;
  beforeEach(async () => {
    server = await startLocalServer();
  });
  afterEach(() => server.close());

  it('loses no request of 50 clients that keep their connections', async () => {
    const busy = countdown(500);
    const clients = Array.from({ length: 50 }, () => askUntilTold(server.graphql, busy.hit));
    await busy.reached;
    await server.listener.drain(DRAIN_MS);
    expect((await Promise.all(clients)).length).toBe(50);
  });

  it('loses no request of 50 clients that connect again until nobody listens', async () => {
    const busy = countdown(500);
    const clients = Array.from({ length: 50 }, () => askUntilFailed(server.graphql, busy.hit));
    await busy.reached;
    await server.listener.drain(DRAIN_MS);
    expect(new Set(await Promise.all(clients))).toEqual(new Set(['ECONNREFUSED']));
  });

  it('answers a request that comes on an idle connection meanwhile, and closes it then', async () => {
    const socket = await RawSocket.open(server.port);
    socket.send('GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n');
    await socket.until('"ok"}');
    const drained = server.listener.drain(DRAIN_MS);
    socket.send('GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n');
    expect(await socket.untilClosed()).toMatch(/"ok"}HTTP\/1.1 200 .*connection: close.*"ok"}$/s);
    await drained;
  });

  it('turns readiness to 503 at once', async () => {
    const held = fetch(server.graphql, { method: 'POST', headers: { 'content-type': 'application/json' }, body: HELD });
    await server.local.holding(1);
    const drained = server.listener.drain(DRAIN_MS);
    const response = await fetch(`${server.url}/health/ready`);
    expect([response.status, await response.json()]).toEqual([503, { status: 'draining' }]);
    server.local.release();
    await held;
    await drained;
  });

  it('lets a request in flight finish, and tells its client to close', async () => {
    const held = post(new Agent({ keepAlive: true }), server.graphql, HELD);
    await server.local.holding(1);
    const drained = server.listener.drain(DRAIN_MS);
    server.local.release();
    expect(await held).toEqual({ status: 200, close: true });
    await drained;
  });

  it('lets a request finish whose first half had arrived', async () => {
    const socket = await RawSocket.open(server.port);
    socket.send('GET /health/live HTTP/1.1\r\nhost:');
    await fetch(`${server.url}/health/live`);
    const drained = server.listener.drain(DRAIN_MS);
    await refused(server.url);
    socket.send(' x\r\n\r\n');
    expect(await socket.untilClosed()).toMatch(/^HTTP\/1.1 200 .*"ok"}$/s);
    await drained;
  });

  it('cuts off what does not finish in time', async () => {
    const held = post(new Agent({ keepAlive: true }), server.graphql, HELD);
    const lost = expect(held).rejects.toThrow();
    await server.local.holding(1);
    await server.listener.drain(100);
    await lost;
    await server.local.abortedAtLeast(1);
  });

  it('does not wait for a client whose body came behind a refusal', async () => {
    const socket = await RawSocket.open(server.port);
    socket.send('POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: 5\r\n\r\n');
    expect(await socket.until('\r\n\r\n')).toMatch(/^HTTP\/1\.1 4/);
    socket.send('12345');
    // It ends long before what it may take, or this test does not.
    await server.listener.drain(10 * DRAIN_MS);
    expect(await socket.untilClosed()).not.toContain('500');
  });

  it('closes idle connections and accepts no new ones', async () => {
    const socket = await RawSocket.open(server.port);
    await server.listener.drain(200);
    expect(await socket.untilClosed()).toBe('');
    await expect(fetch(server.url)).rejects.toThrow();
  });
});
