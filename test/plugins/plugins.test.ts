import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Events, subscribe } from '../../gateway/events';
import { checkedPlugins, loadPlugins } from '../../gateway/plugins/load-plugins';
import type { Plugin } from '../../gateway/plugins/plugin';
import { refuse } from '../../gateway/plugins/tools';
import { type LocalServer, startLocalServer } from '../fixtures/local-server';

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly data?: unknown;
    readonly errors?: readonly { readonly message: string; readonly extensions: Record<string, unknown> }[];
  };
}

describe('plugins', () => {
  let server: LocalServer | undefined;
  let defects: Events['internal.error'][];
  let stop: () => void;

  beforeEach(() => {
    defects = [];
    stop = subscribe('internal.error', (event) => defects.push(event));
  });
  afterEach(async () => {
    stop();
    await server?.close();
    server = undefined;
  });

  async function start(...plugins: Plugin[]): Promise<LocalServer> {
    server = await startLocalServer({}, { plugins });
    return server;
  }

  async function ask({ graphql }: LocalServer, query = '{ hello }', init: RequestInit = {}): Promise<Answered> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(graphql, { method: 'POST', headers, body: JSON.stringify({ query }), ...init });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Answered['body'] };
  }

  it('are around each other in the order in which they are named, and know one call', async () => {
    const order: string[] = [];
    const calls = new Set<unknown>();
    const plugin = (name: string): Plugin => ({
      name,
      http: (next) => (request) => {
        order.push(`${name} http`);
        calls.add(request);
        return next(request);
      },
      asked: (next) => async (asked, call) => {
        order.push(`${name} asked`);
        calls.add(call);
        return next(asked, call);
      },
      ready: (next) => (ready, call) => {
        order.push(`${name} ready ${[...ready.prepared.fields()]}`);
        calls.add(call);
        return next(ready, call);
      },
    });
    const { body } = await ask(await start(plugin('a'), plugin('b')));
    expect(body).toEqual({ data: { hello: 'hello world' } });
    expect(order).toEqual(['a http', 'b http', 'a asked', 'b asked', 'a ready Query.hello', 'b ready Query.hello']);
    expect(calls.size).toBe(1);
  });

  it('may answer themselves, and ask something else', async () => {
    const plugin: Plugin = {
      name: 'own answers',
      http: (next) => (request) => (request.path === '/own' ? { status: 201, body: 'own' } : next(request)),
      asked: (next) => (asked, call) => next({ ...asked, query: '{ hello(name: "plugin") }' }, call),
    };
    const running = await start(plugin);
    const own = await fetch(`${running.url}/own`);
    expect([own.status, await own.text()]).toEqual([201, 'own']);
    expect((await ask(running)).body).toEqual({ data: { hello: 'hello plugin' } });
  });

  it('refuse with a code, a status and headers', async () => {
    const plugin: Plugin = {
      name: 'refuses',
      asked: () => () =>
        refuse('pay first', { code: 'UNPAID', status: 402, headers: { 'retry-after': '9' }, extensions: { bill: 7 } }),
    };
    const { status, headers, body } = await ask(await start(plugin));
    expect([status, headers.get('retry-after')]).toEqual([402, '9']);
    expect(body).toEqual({ errors: [{ message: 'pay first', extensions: { bill: 7, code: 'UNPAID' } }] });
    expect(defects).toEqual([]);
  });

  it('refuse by throwing an error of any copy of graphql', async () => {
    class GraphQLError extends Error {
      override readonly name = 'GraphQLError';
      readonly extensions = { code: 'UNAUTHENTICATED', http: { status: 401 } };
    }
    const plugin: Plugin = {
      name: 'throws',
      ready: () => () => {
        throw new GraphQLError('who are you?');
      },
    };
    const { status, body } = await ask(await start(plugin));
    expect([status, body.errors?.[0]?.message, body.errors?.[0]?.extensions.code]).toEqual([
      401,
      'who are you?',
      'UNAUTHENTICATED',
    ]);
  });

  it.each<[string, Plugin]>([
    [
      'throws in http',
      {
        name: 'bad',
        http: () => () => {
          throw new Error('password=hunter2');
        },
      },
    ],
    [
      'rejects in asked',
      {
        name: 'bad',
        asked: () => async () => {
          throw new Error('password=hunter2');
        },
      },
    ],
    [
      'throws a text in ready',
      {
        name: 'bad',
        ready: () => () => {
          throw 'password=hunter2';
        },
      },
    ],
    // as: what a plugin in JavaScript may do
    ['answers nothing in http', { name: 'bad', http: () => async () => undefined as never }],
    ['answers a status that is none', { name: 'bad', http: () => () => ({ status: 42 }) }],
    ['gives no outcome', { name: 'bad', asked: () => () => 'text' as never }],
    ['gives neither data nor errors', { name: 'bad', ready: () => () => ({}) as never }],
    ['gives errors without a message', { name: 'bad', ready: () => () => ({ errors: [{ code: 'X' }] }) as never }],
  ])('that %s are told to the operator by name, and to the client as an internal error', async (_what, plugin) => {
    const { status, body } = await ask(await start(plugin));
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toMatch(/hunter2|bad/);
    expect(defects).toHaveLength(1);
    expect(String(defects[0]?.error)).toContain('plugin bad (');
  });

  it('that never answer keep nobody waiting for longer than a request may take', async () => {
    const plugin: Plugin = { name: 'hangs', asked: () => () => new Promise<never>(() => {}) };
    server = await startLocalServer({ timeoutMs: 300 }, { plugins: [plugin] });
    const { status, body } = await ask(server);
    expect([status, body.errors?.[0]?.extensions.code]).toEqual([504, 'GATEWAY_TIMEOUT']);
  });

  it('change what one client sees and not what others do', async () => {
    const plugin: Plugin = {
      name: 'changes',
      ready: (next) => async (ready, call) => {
        const outcome = await next(ready, call);
        return call.headers['x-changed'] === undefined
          ? outcome
          : { ...outcome, data: { ...outcome.data, hello: 'changed' } };
      },
    };
    const running = await start(plugin);
    const headers = { 'content-type': 'application/json', 'x-changed': '1' };
    expect((await ask(running)).body.data).toEqual({ hello: 'hello world' });
    expect((await ask(running, '{ hello }', { headers })).body.data).toEqual({ hello: 'changed' });
    expect((await ask(running)).body.data).toEqual({ hello: 'hello world' });
  });
});

describe('a module that is no plugin', () => {
  it.each<[string, unknown, string]>([
    ['a number', 4, 'it must export a plugin object, or a function that returns one'],
    ['no name', {}, 'it has no "name"'],
    ['a misspelt member', { name: 'x', asks: () => {} }, 'there is no member "asks"; did you mean "asked"?'],
    ['no function', { name: 'x', http: 'GET' }, '"http" is string, not a function'],
    ['reads that are none', { name: 'x', reads: { headers: 'x-tenant' } }, '"reads.headers" must be a list'],
    [
      'a misspelt part of reads',
      { name: 'x', reads: { header: [] } },
      'there is no member "reads.header"; did you mean "headers"?',
    ],
    ['a plugin of Apollo Server', { requestDidStart() {} }, 'name it under apollo.plugins (in code: apolloPlugins)'],
  ])('is refused: %s', async (_what, exported, reason) => {
    const refusal = await checkedPlugins([exported]).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'CONFIG_INVALID' });
    expect(String(refusal)).toContain('cannot load the plugin plugins[0]: ');
    expect(String(refusal)).toContain(reason);
  });

  it('is refused where its layer is no function of a function', async () => {
    // as: what a plugin in JavaScript may do
    const plugin: Plugin = { name: 'flat', http: (() => 'answer') as never };
    await expect(startLocalServer({}, { plugins: [plugin] })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'plugin flat: "http" must return a function: (next) => (input) => …',
    });
  });

  it('is named by its path', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'headgate-plugins-'));
    const path = join(folder, 'broken.js');
    writeFileSync(path, 'throw new Error("broken inside")');
    await expect(loadPlugins([path])).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: `cannot load the plugin ${path}: broken inside`,
    });
    rmSync(folder, { recursive: true });
  });
});
