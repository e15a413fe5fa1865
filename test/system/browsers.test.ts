import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import type { CorsPolicy } from '../../gateway/http/browsers/options';
import { packageRoot } from '../../gateway/package-root';
import { BROWSER_MISSING, browserOptions, launchBrowser } from '../fixtures/browser';
import { BROWSER_OPTIONS, type LocalServer, startLocalServer } from '../fixtures/local-server';

const options = browserOptions();
const inBrowser = options === null ? describe.skip : describe;

/** What a page does with clients that people use, as they come. */
const PAGE = `
import { cacheExchange, Client, fetchExchange } from '@urql/core';
import { GraphQLClient } from 'graphql-request';

const QUERY = 'query Hello { hello }';
const outcome = (work) => work.then((data) => data, (error) => 'failed: ' + error.message.slice(0, 60));

window.urql = (url) => outcome(
  new Client({ url, exchanges: [cacheExchange, fetchExchange], preferGetMethod: true, requestPolicy: 'network-only' })
    .query(QUERY, {}).toPromise().then(({ data, error }) => { if (error) throw error; return data; }),
);
window.graphqlRequest = (url) => outcome(new GraphQLClient(url, { method: 'GET' }).request(QUERY));
window.post = (url, more = {}) => outcome(
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...more.headers }, body: JSON.stringify({ query: QUERY }), ...more.init })
    .then(async (response) => ({ status: response.status, id: response.headers.get('x-request-id'), body: await response.json() })),
);
`;

inBrowser(`Chromium on another origin${options === null ? ` (skipped: ${BROWSER_MISSING})` : ''}`, () => {
  let browser: Browser;
  let site: Server;
  let origin: string;
  let server: LocalServer;

  beforeAll(async () => {
    if (options === null) return;
    const { outputFiles } = await build({
      stdin: { contents: PAGE, resolveDir: packageRoot },
      bundle: true,
      write: false,
      format: 'iife',
      define: { 'process.env.NODE_ENV': '"production"' },
    });
    const script = outputFiles[0]?.text ?? '';
    site = createServer(({ url }, response) => {
      response.setHeader('content-type', url === '/script.js' ? 'text/javascript' : 'text/html');
      response.end(url === '/script.js' ? script : '<!doctype html><script src="/script.js"></script>');
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`; // as: it listens on TCP
    browser = await launchBrowser(options);
  });
  afterAll(async () => {
    await browser?.close();
    site?.closeAllConnections();
    site?.close();
  });
  afterEach(() => server.close());

  async function start(policy: Partial<CorsPolicy> | null): Promise<void> {
    const rules = { allowHeaders: [], exposeHeaders: [], methods: ['GET', 'POST'], maxAgeMs: null };
    const cors =
      policy === null
        ? null
        : {
            policies: [{ ...rules, origins: [origin], matchOrigins: [], allowCredentials: false, ...policy }],
            anyOrigin: null,
          };
    server = await startLocalServer({}, { browsers: { ...BROWSER_OPTIONS, cors } });
  }

  /** Runs a call of the page above. */
  async function inPage(call: string): Promise<unknown> {
    const page: Page = await browser.newPage();
    await page.goto(origin);
    const result = await page.evaluate(call);
    await page.close();
    return result;
  }
  const GET_CLIENTS = ['urql', 'graphqlRequest'];

  it('gets nothing without a policy', async () => {
    await start(null);
    for (const client of [...GET_CLIENTS, 'post'])
      expect(await inPage(`${client}("${server.graphql}")`)).toEqual(expect.stringContaining('failed: '));
  });

  it('gets answers by POST after a preflight, and reads what is exposed', async () => {
    await start({ exposeHeaders: ['x-request-id'] });
    expect(await inPage(`post("${server.graphql}", { headers: { 'x-tenant': 'a' } })`)).toEqual({
      status: 200,
      id: expect.any(String),
      body: { data: { hello: 'hello world' } },
    });
  });

  it.each(GET_CLIENTS)('gets answers by GET of %s, as it comes', async (client) => {
    await start({});
    expect(await inPage(`${client}("${server.graphql}")`)).toEqual({ hello: 'hello world' });
  });

  it('sends credentials only where a policy allows them', async () => {
    await start({});
    const call = () => inPage(`post("${server.graphql}", { init: { credentials: 'include' } })`);
    expect(await call()).toEqual(expect.stringContaining('failed: '));
    await server.close();
    await start({ allowCredentials: true });
    expect(await call()).toMatchObject({ status: 200, id: null });
  });

  it('sends no header that a policy does not name', async () => {
    await start({ allowHeaders: ['content-type'] });
    expect(await inPage(`post("${server.graphql}")`)).toMatchObject({ status: 200 });
    expect(await inPage(`post("${server.graphql}", { headers: { 'x-tenant': 'a' } })`)).toEqual(
      expect.stringContaining('failed: '),
    );
  });

  it('reads what its request failed with', async () => {
    await start({});
    expect(await inPage(`post("${server.url}/nowhere")`)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });
});
