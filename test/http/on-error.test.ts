import type { Asked } from '../../gateway/operations/asked';
import type { Plugin } from '../../gateway/plugins/plugin';
import { type LocalServer, startLocalServer } from '../fixtures/local-server';

/** `onError`, the parameter of a request. What it does is `test/execution/error-behavior`. */
describe.each<[string, readonly object[]]>([
  ['by our own way', []],
  ['through Apollo Server', [{}]],
])('onError %s', (_way, apolloPlugins) => {
  let server: LocalServer;
  const asked: Asked['onError'][] = [];
  const recorder: Plugin = {
    name: 'recorder',
    ready: (next) => (ready, call) => {
      asked.push(ready.asked.onError);
      return next(ready, call);
    },
  };

  beforeAll(async () => {
    server = await startLocalServer({}, { apolloPlugins, plugins: [recorder] });
  });
  afterAll(() => server?.close());

  async function post(onError: unknown) {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(server.graphql, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query: '{ hello }', onError }),
    });
    return { status: response.status, body: await response.json() };
  }

  async function get(onError: string) {
    const url = `${server.graphql}?query={hello}&onError=${onError}`;
    return (await fetch(url, { headers: { 'apollo-require-preflight': '1' } })).status;
  }

  it('reaches the executor, from a body and from a query string', async () => {
    asked.length = 0;
    const given = ['NULL', 'PROPAGATE', 'HALT', null, undefined];
    for (const onError of given) expect((await post(onError)).status).toBe(200);
    expect([await get('HALT'), await get('')]).toEqual([200, 200]);
    expect(asked).toEqual(['NULL', 'PROPAGATE', 'HALT', undefined, undefined, 'HALT', undefined]);
  });

  it.each([['null'], ['ABORT'], [''], [true], [['NULL']]])('is refused as %j', async (onError) => {
    expect(await post(onError)).toEqual({
      status: 400,
      body: {
        errors: [{ message: '"onError" must be one of NULL, PROPAGATE, HALT', extensions: { code: 'BAD_REQUEST' } }],
      },
    });
    if (typeof onError === 'string' && onError !== '') expect(await get(onError)).toBe(400);
  });
});
