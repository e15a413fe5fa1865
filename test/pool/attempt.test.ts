import type { ServerResponse } from 'node:http';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { Client } from 'undici';
import { Attempt, type AttemptOptions, type AttemptResult } from '../../gateway/pool/attempt';
import { holdTimers, letGo, until } from '../fixtures/held-time';
import { Inbox } from '../fixtures/inbox';
import { hang, type ScriptedServer, startScriptedServer } from '../fixtures/scripted-server';

const text = JSON.stringify({ data: { name: 'a'.repeat(5000) } });
let server: ScriptedServer;
let client: Client;

beforeEach(async () => {
  server = await startScriptedServer(hang);
  client = new Client(new URL(server.url).origin, { headersTimeout: 0, bodyTimeout: 0 });
});

afterEach(async () => {
  letGo();
  jest.restoreAllMocks();
  await client.destroy();
  await server.kill();
});

function attempt(changes: Partial<AttemptOptions> = {}): Promise<AttemptResult> {
  return new Promise((resolve) => {
    const options = {
      method: 'GET' as const,
      path: '/',
      headers: {},
      body: null,
      repeatable: true,
      timeoutMs: 60_000,
      responseBytesMax: 100_000,
    };
    new Attempt({ ...options, ...changes }, resolve).start(client);
  });
}

function respond(answer: (response: ServerResponse) => void): void {
  server.script = (_request, response) => answer(response);
}

describe('content-encoding', () => {
  it.each([
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['GZIP', gzipSync(text)],
    ['br', brotliCompressSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['identity', Buffer.from(text)],
  ])('%s is undone', async (encoding, body) => {
    respond((response) => response.writeHead(200, { 'content-encoding': encoding }).end(body));
    const result = await attempt();
    expect(result.kind === 'answer' && result.body.toString()).toBe(text);
  });

  it.each(['gzip, gzip', 'zstd'])('%s is refused', async (encoding) => {
    respond((response) => response.writeHead(200, { 'content-encoding': encoding }).end(gzipSync(gzipSync(text))));
    expect(await attempt()).toMatchObject({ kind: 'protocol' });
  });

  it('that does not hold what it says is refused', async () => {
    respond((response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(text));
    expect(await attempt()).toMatchObject({ kind: 'protocol' });
  });

  it('that unfolds beyond the limit is cut off', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    respond((response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    expect(bomb.length).toBeLessThan(100_000);
    expect(await attempt()).toMatchObject({ kind: 'too-large' });
  });

  it('of an answer without a body does not matter', async () => {
    respond((response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end());
    expect(await attempt({ method: 'HEAD' })).toMatchObject({ kind: 'answer', status: 200 });
  });
});

describe('the size limit', () => {
  it('refuses an answer that announces too much', async () => {
    respond((response) => response.writeHead(200, { 'content-length': '100001' }).flushHeaders());
    expect(await attempt()).toMatchObject({ kind: 'too-large' });
  });

  it('cuts an endless answer off and closes the connection', async () => {
    const closed = new Promise((resolve) => {
      respond((response) => {
        response.once('close', resolve);
        const more = () => {
          while (!response.destroyed && response.write(Buffer.alloc(10_000)));
          if (!response.destroyed) response.once('drain', more);
        };
        more();
      });
    });
    expect(await attempt()).toMatchObject({ kind: 'too-large' });
    await closed;
  });

  it('takes an answer of exactly the limit', async () => {
    respond((response) => response.end(Buffer.alloc(100_000)));
    const result = await attempt();
    expect(result.kind === 'answer' && result.body.length).toBe(100_000);
  });
});

describe('an attempt', () => {
  it('skips informational answers', async () => {
    respond((response) => {
      response.writeEarlyHints({ link: '</a>; rel=preload' });
      response.writeHead(201).end('x');
    });
    expect(await attempt()).toMatchObject({ kind: 'answer', status: 201 });
  });

  it('keeps repeated headers apart', async () => {
    respond((response) => response.writeHead(200, { 'set-cookie': ['a=1', 'b=2'] }).end());
    expect(await attempt()).toMatchObject({ headers: { 'set-cookie': ['a=1', 'b=2'] } });
  });

  it('times out in the middle of an answer', async () => {
    respond((response) => response.writeHead(200, { 'content-length': '10' }).write('x'));
    holdTimers();
    const data = jest.spyOn(Attempt.prototype, 'onResponseData');
    const result = attempt({ timeoutMs: 1_000 });
    await until(() => data.mock.calls.length > 0);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(await result).toEqual({ kind: 'timeout', status: 200 });
  });

  it('reports what is not HTTP', async () => {
    server.script = (_request, _response, socket) => socket.end('hello\r\n\r\n');
    expect(await attempt()).toMatchObject({ kind: 'protocol' });
  });

  it('is never sent once it was stopped while it waited for a connection', async () => {
    let finish: () => void = () => undefined;
    respond((response) => {
      finish = () => response.end();
    });
    const first = attempt();
    await server.arrived(1);
    const outcome = new Inbox<AttemptResult>();
    const waiting = new Attempt(
      { method: 'POST', path: '/', headers: {}, body: 'x', repeatable: false, timeoutMs: 50, responseBytesMax: 100 },
      outcome.put,
    );
    waiting.start(client);
    expect(await outcome.take()).toEqual({ kind: 'timeout', status: null });
    finish();
    await first;
    respond((response) => response.end());
    await attempt();
    expect([waiting.sent, server.received.length]).toEqual([false, 2]);
  });
});
