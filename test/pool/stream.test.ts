import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { CancellationSource } from '../../gateway/cancellation';
import { HeadgateError } from '../../gateway/errors';
import { createPool } from '../../gateway/pool/instance-pool';
import type { PoolOptions } from '../../gateway/pool/options';
import type { Pool, PoolStream, StreamRequest } from '../../gateway/pool/pool';
import { holdTimers, letGo, until } from '../fixtures/held-time';
import { poolOptions, query } from '../fixtures/pool-options';
import { answerJson, refusedUrl, reset, type ScriptedServer, startScriptedServer } from '../fixtures/scripted-server';

const MEGABYTE = Buffer.alloc(1_000_000, 'm');
/** More than the buffers of two kernels and Node's take. */
const HELD_BYTES_MAX = 32_000_000;

function streamRequest(changes: Partial<StreamRequest> = {}): StreamRequest {
  const { method, path, headers, body, repeatable, deadlineAt, attemptTimeoutMs, cancellation } = query();
  const request = { method, path, headers, body, repeatable, deadlineAt, attemptTimeoutMs, cancellation };
  return { ...request, silenceMs: 60_000, ...changes };
}

async function textOf({ body }: PoolStream): Promise<string> {
  let text = '';
  for await (const chunk of body) text += chunk.toString('latin1');
  return text;
}

describe('a stream of a pool', () => {
  let server: ScriptedServer;
  let other: ScriptedServer;
  let pool: Pool | undefined;
  /** Answers that are under way. */
  let open: ServerResponse[];

  function start(changes: Partial<PoolOptions> = {}, urls = [server.url]): Pool {
    pool = createPool(poolOptions(urls, changes));
    return pool;
  }

  const begin = (status = 200) => {
    server.script = (_request, response) => {
      response.writeHead(status, { 'content-type': 'text/event-stream' }).flushHeaders();
      open.push(response);
    };
    other.script = server.script;
  };
  const first = (): ServerResponse => {
    const [response] = open;
    if (response === undefined) throw new Error('nobody has asked');
    return response;
  };
  const allCut = () => open.length > 0 && open.every(({ destroyed }) => destroyed);
  const states = () => pool?.instances().map(({ inFlight, consecutiveFailures }) => [inFlight, consecutiveFailures]);

  beforeEach(async () => {
    open = [];
    [server, other] = await Promise.all([startScriptedServer(reset), startScriptedServer(reset)]);
    begin();
  });
  afterEach(async () => {
    letGo();
    await pool?.close(0);
    pool = undefined;
    await Promise.all([server.kill(), other.kill()]);
  });

  it('gives the head at once and the body as it comes, and counts until it ends', async () => {
    const stream = await start().stream(streamRequest({ headers: { 'x-a': 'b', 'accept-encoding': 'gzip' } }));
    expect(stream).toMatchObject({ status: 200, attempts: 1, instance: `127.0.0.1:${server.port}` });
    expect(stream.headers['content-type']).toBe('text/event-stream');
    expect(server.received[0]?.headers).toMatchObject({ 'x-a': 'b', 'accept-encoding': 'identity' });
    const chunks = stream.body[Symbol.asyncIterator]();
    for (const text of ['one', 'two']) {
      first().write(text);
      expect(String((await chunks.next()).value)).toBe(text);
    }
    expect(states()).toEqual([[1, 0]]);
    first().end('three');
    expect(String((await chunks.next()).value)).toBe('three');
    expect(await chunks.next()).toEqual({ done: true, value: undefined });
    expect(await chunks.next()).toEqual({ done: true, value: undefined });
    expect(states()).toEqual([[0, 0]]);
  });

  it('may be empty, and have any status', async () => {
    begin(404);
    const stream = await start().stream(streamRequest());
    first().end();
    expect([stream.status, await textOf(stream)]).toEqual([404, '']);
    expect(states()).toEqual([[0, 0]]);
  });

  it('is received no further than it is read', async () => {
    let sent = 0;
    let stalled = false;
    server.script = (_request, response) => {
      open.push(response);
      const send = () => {
        stalled = false;
        do sent += MEGABYTE.length;
        while (response.write(MEGABYTE));
        stalled = true;
      };
      response.on('drain', send);
      send();
    };
    other.script = answerJson({});
    const stream = await start().stream(streamRequest());
    // Until nothing moves while others are answered.
    for (let before = -1; before !== sent || !stalled; ) {
      before = sent;
      for (let n = 0; n < 20; n += 1) await (await fetch(other.url, { method: 'POST' })).text();
    }
    expect(sent).toBeLessThan(HELD_BYTES_MAX);
    let read = 0;
    for await (const chunk of stream.body) {
      // What one reading of the socket gives.
      expect(chunk.length).toBeLessThanOrEqual(256_000);
      read += chunk.length;
      if (read > 2 * HELD_BYTES_MAX) break;
    }
    await until(allCut);
    expect(states()).toEqual([[0, 0]]);
  });

  it('has one reader', async () => {
    const stream = await start().stream(streamRequest());
    const chunks = stream.body[Symbol.asyncIterator]();
    const waiting = chunks.next();
    await expect(chunks.next()).rejects.toThrow('somebody reads already');
    first().write('one');
    expect(String((await waiting).value)).toBe('one');
  });

  describe('is tried elsewhere', () => {
    it('when an instance cannot be reached', async () => {
      const stream = await start({}, [await refusedUrl(), server.url]).stream(streamRequest());
      first().end('here');
      expect(await textOf(stream)).toBe('here');
      expect([1, 2]).toContain(stream.attempts);
      const again = await pool?.stream(streamRequest());
      expect(again?.instance).toBe(`127.0.0.1:${server.port}`);
    });

    it('when it breaks before the head, or answers a status that is tried again', async () => {
      for (const script of [reset, answerJson({}, 503)]) {
        server.script = script;
        start({}, [server.url, other.url]);
        const asked = server.received.length;
        // Round-robin: one of two meets it first.
        for (let n = 0; n < 2; n += 1) {
          const stream = await pool?.stream(streamRequest());
          expect([stream?.status, stream?.instance]).toEqual([200, `127.0.0.1:${other.port}`]);
          stream?.cancel();
        }
        expect(server.received).toHaveLength(asked + 1);
        expect(pool?.instances().map(({ inFlight }) => inFlight)).toEqual([0, 0]);
        await pool?.close(0);
      }
    });

    it('when it has no head after half of the time', async () => {
      holdTimers();
      server.script = () => undefined;
      start({}, [server.url, other.url]);
      const streams = [pool?.stream(streamRequest({ attemptTimeoutMs: 60_000 })), pool?.stream(streamRequest())];
      await until(() => server.received.length === 1 && open.length === 1);
      jest.advanceTimersByTime(31_000);
      await until(() => {
        jest.advanceTimersByTime(1);
        return open.length === 2;
      });
      const instances = (await Promise.all(streams)).map((stream) => stream?.instance);
      expect(instances).toEqual([`127.0.0.1:${other.port}`, `127.0.0.1:${other.port}`]);
    });

    it('not by a request that must not be sent twice', async () => {
      server.script = reset;
      other.script = reset;
      const asked = start({}, [server.url, other.url]).stream(streamRequest({ repeatable: false }));
      await expect(asked).rejects.toMatchObject({ code: 'MUTATION_OUTCOME_UNKNOWN', details: { attempts: 1 } });
      expect(server.received.length + other.received.length).toBe(1);
    });

    it('not without the allowance of the operation', async () => {
      server.script = reset;
      other.script = reset;
      const retries = { left: 1 };
      const asked = start({}, [server.url, other.url]).stream(streamRequest({ retries }));
      await expect(asked).rejects.toMatchObject({ code: 'SUBGRAPH_UNREACHABLE', details: { attempts: 2 } });
      expect(retries.left).toBe(0);
    });

    it('not once its head is there', async () => {
      const stream = await start({}, [server.url, other.url]).stream(streamRequest());
      first().write('one');
      const chunks = stream.body[Symbol.asyncIterator]();
      await chunks.next();
      first().socket?.resetAndDestroy();
      await expect(chunks.next()).rejects.toMatchObject({
        code: 'SUBGRAPH_UNREACHABLE',
        details: { attempts: 1, status: 200 },
      });
      expect(server.received.length + other.received.length).toBe(1);
    });
  });

  describe('is judged', () => {
    it('when it breaks: who breaks them is ejected, whatever the heads', async () => {
      start({ retry: { ...poolOptions([]).retry, maxAttempts: 1 } }, [server.url, other.url]);
      other.script = answerJson({});
      server.script = (_request, response) => {
        response.writeHead(200).write('one', () => response.socket?.resetAndDestroy());
      };
      for (let n = 0; n < 10; n += 1) {
        const stream = await pool?.stream(streamRequest());
        if (stream === undefined) throw new Error('no stream');
        await textOf(stream).catch((error: HeadgateError) => expect(error.code).toBe('SUBGRAPH_UNREACHABLE'));
      }
      expect(pool?.instances().map(({ state }) => state)).toEqual(['ejected', 'healthy']);
      expect(pool?.instances().map(({ inFlight }) => inFlight)).toEqual([0, 0]);
    });

    it('by the time that its head took', async () => {
      start();
      const ewmaMs = () => pool?.instances()[0]?.ewmaMs ?? null;
      // One during which this process itself stood still says nothing.
      while (ewmaMs() === null) {
        const stream = await pool?.stream(streamRequest());
        await new Promise((resolve) => setTimeout(resolve, 300));
        open.splice(0)[0]?.end();
        if (stream !== undefined) await textOf(stream);
      }
      expect(ewmaMs()).toBeLessThan(300);
    });

    it('not when its reader leaves, or has it cancelled', async () => {
      start();
      const left = await pool?.stream(streamRequest());
      first().write('one');
      for await (const _ of left?.body ?? []) break;
      const cancelled = await pool?.stream(streamRequest());
      const reading = cancelled === undefined ? null : textOf(cancelled);
      cancelled?.cancel();
      cancelled?.cancel();
      await expect(reading).rejects.toMatchObject({ code: 'REQUEST_CANCELLED' });
      await until(allCut);
      expect(states()).toEqual([[0, 0]]);
    });
  });

  describe('ends', () => {
    it('when its client goes away, before its head and after', async () => {
      const gone = new HeadgateError('REQUEST_CANCELLED', 'gone');
      const clients = [new CancellationSource(), new CancellationSource()];
      const [early, late] = clients;
      const stream = await start().stream(streamRequest({ cancellation: late ?? null }));
      server.script = (_request, response) => open.push(response);
      const asked = pool?.stream(streamRequest({ cancellation: early ?? null }));
      await server.arrived(2);
      for (const client of clients) client.cancel(gone);
      await expect(asked).rejects.toMatchObject({ code: 'REQUEST_CANCELLED' });
      await expect(textOf(stream)).rejects.toMatchObject({ code: 'REQUEST_CANCELLED' });
      await expect(pool?.stream(streamRequest({ cancellation: late ?? null }))).rejects.toMatchObject({
        code: 'REQUEST_CANCELLED',
      });
      await until(allCut);
      expect(states()).toEqual([[0, 0]]);
    });

    it('when nothing comes for too long while it is read', async () => {
      holdTimers();
      const stream = await start({ outlierDetection: null }).stream(streamRequest({ silenceMs: 10_000 }));
      const chunks = stream.body[Symbol.asyncIterator]();
      for (const text of ['one', 'two']) {
        jest.advanceTimersByTime(9_000);
        const next = chunks.next();
        first().write(text);
        expect(String((await next).value)).toBe(text);
      }
      // A chunk that nobody reads: the silence is the reader's.
      first().write('three');
      await until(() => first().writableLength === 0);
      await new Promise((resolve) => setImmediate(resolve));
      await (await fetch(other.url, { method: 'POST' })).body?.cancel();
      jest.advanceTimersByTime(60_000);
      expect(String((await chunks.next()).value)).toBe('three');
      const last = chunks.next();
      jest.advanceTimersByTime(10_000);
      await expect(last).rejects.toMatchObject({ code: 'SUBGRAPH_TIMEOUT' });
      await until(allCut);
      expect(states()).toEqual([[0, 1]]);
    });

    it('after the grace of a pool that closes, which waits for it until then', async () => {
      const stream = await start().stream(streamRequest());
      const closing = pool?.close(60_000);
      await expect(pool?.stream(streamRequest())).rejects.toMatchObject({ code: 'SUBGRAPH_UNREACHABLE' });
      first().write('still');
      const chunks = stream.body[Symbol.asyncIterator]();
      expect(String((await chunks.next()).value)).toBe('still');
      const next = chunks.next();
      await Promise.all([pool?.close(0), closing, expect(next).rejects.toThrow('products is closed')]);
      await until(allCut);
    });

    it('by itself, and the pool that closes is done', async () => {
      const stream = await start().stream(streamRequest());
      const closing = pool?.close(60_000);
      first().end('done');
      expect(await textOf(stream)).toBe('done');
      await closing;
    });

    it('with an instance that is gone only when it has ended', async () => {
      const stream = await start({}, [server.url, other.url]).stream(streamRequest());
      const [staying, leaving] = stream.instance.endsWith(String(server.port)) ? [other, server] : [server, other];
      pool?.update(poolOptions([staying.url]));
      expect(pool?.instance(leaving.url)).toMatchObject({ state: 'draining', inFlight: 1 });
      first().end('done');
      expect(await textOf(stream)).toBe('done');
      expect(pool?.instance(leaving.url)).toBeNull();
    });
  });

  it('takes neither place nor connection of requests', async () => {
    const concurrency = { max: 1, queue: 0 };
    start({ concurrency, connections: 1, policy: 'least-requests' }, [server.url, other.url]);
    const streams = await Promise.all(Array.from({ length: 6 }, () => pool?.stream(streamRequest())));
    // Those that are open count for the next one.
    expect(pool?.instances().map(({ inFlight }) => inFlight)).toEqual([3, 3]);
    server.script = answerJson({});
    other.script = answerJson({});
    for (let n = 0; n < 4; n += 1) expect((await pool?.request(query()))?.status).toBe(200);
    for (const stream of streams) stream?.cancel();
    expect(pool?.instances().map(({ inFlight }) => inFlight)).toEqual([0, 0]);
  });

  it('is refused when as many are open as may be', async () => {
    start();
    const streams = await Promise.all(Array.from({ length: 1_000 }, () => pool?.stream(streamRequest())));
    await expect(pool?.stream(streamRequest())).rejects.toMatchObject({ code: 'SUBGRAPH_OVERLOADED' });
    streams[0]?.cancel();
    const next = await pool?.stream(streamRequest());
    expect(next?.status).toBe(200);
  });

  it('comes as it is, or not at all', async () => {
    server.script = (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('text'));
    };
    await expect(start().stream(streamRequest())).rejects.toMatchObject({ code: 'SUBGRAPH_RESPONSE_INVALID' });
    expect(states()).toMatchObject([[0, expect.any(Number)]]);
  });
});
