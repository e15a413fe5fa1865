import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import { createGraphiql, wantsGraphiql } from '../../../gateway/http/graphiql/routes';
import type { Route } from '../../../gateway/http/route';
import { HttpServer } from '../../../gateway/http/server';
import { httpStack } from '../../../gateway/pipeline';

const SCRIPT = 'console'.repeat(20);
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

interface Got {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** A request whose path is sent as it is: `fetch` would resolve `..` before sending. */
async function get(url: string, path: string, headers: OutgoingHttpHeaders = {}): Promise<Got> {
  const { hostname, port } = new URL(url);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    httpRequest({ hostname, port, path, headers, agent: false }, resolve).on('error', reject).end();
  });
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}

function serve(routes: readonly Route[]): HttpServer {
  return new HttpServer({
    name: 'server',
    listen: { host: '127.0.0.1', port: 0 },
    portRemedy: 'port 0 is never taken',
    way: httpStack(routes, null, null),
    requestBytesMax: 1_000,
    requestTimeoutMs: 60_000,
  });
}

describe('GraphiQL routes', () => {
  let assets: string;
  let server: HttpServer;
  let url: string;

  beforeAll(async () => {
    assets = await mkdtemp(join(tmpdir(), 'headgate-graphiql-'));
    await writeFile(join(assets, 'main-A1.js'), SCRIPT);
    await writeFile(join(assets, 'main-A1.js.br'), brotliCompressSync(SCRIPT));
    await writeFile(join(assets, 'secret.txt'), 'not in the manifest');
    const file = { bytes: SCRIPT.length, digest: 'abc123', encodings: ['br'] };
    const manifest = {
      scripts: ['boot-B2.js', 'main-A1.js'],
      styles: ['main-C3.css'],
      preload: ['chunk-D4.js'],
      workers: { editor: 'editor-E5.js', json: 'json-F6.js', graphql: 'graphql-G7.js' },
      files: {
        'main-A1.js': { ...file, type: 'text/javascript; charset=utf-8' },
        'gone-H8.js': { ...file, type: 'text/javascript; charset=utf-8' },
      },
    };
    await writeFile(join(assets, 'manifest.json'), JSON.stringify(manifest));
    const graphql: Route = { method: 'GET', path: '/graphql', handle: () => ({ status: 200, body: 'GraphQL' }) };
    server = serve([
      ...createGraphiql({ path: '/graphql', assets }).routes,
      ...createGraphiql({ path: '/api/v1/graphql', assets }).routes,
      ...createGraphiql({ path: '/unbuilt', assets: join(assets, 'nowhere') }).routes,
      graphql,
    ]);
    ({ url } = await server.listen());
  });
  afterAll(async () => {
    await server.close();
    await rm(assets, { recursive: true });
  });

  it('serve the page to a browser', async () => {
    const { status, headers, body } = await get(url, '/graphql', { accept: BROWSER });
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['cache-control']).toBe('no-store');
    expect(String(body)).toContain('<title>Headgate</title>');
    expect(String(body)).toContain('<script type="module" src="./graphiql/assets/main-A1.js">');
  });

  it('leave other clients to the GraphQL route', async () => {
    const { body } = await get(url, '/graphql?query={a}', { accept: 'application/json' });
    expect(String(body)).toBe('GraphQL');
  });

  it('address the assets relative to a deeper path', async () => {
    const { body } = await get(url, '/api/v1/graphql', { accept: BROWSER });
    expect(String(body)).toContain('src="../../graphiql/assets/main-A1.js"');
  });

  it('allow only own scripts, and styles with a nonce that is new in every answer', async () => {
    const answers = [await get(url, '/graphql', { accept: BROWSER }), await get(url, '/graphql', { accept: BROWSER })];
    const nonces = answers.map(({ headers, body }) => {
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'");
      expect(policy).not.toContain('unsafe');
      expect(policy).not.toContain('blob:');
      const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
      expect(String(body)).toContain(`<meta name="csp-nonce" nonce="${nonce}">`);
      return nonce;
    });
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  it('name the command when the page is not built', async () => {
    const { status, body } = await get(url, '/unbuilt', { accept: BROWSER });
    expect(status).toBe(404);
    expect(String(body)).toContain('npm run build:graphiql');
  });

  it('serve a file to be kept for ever', async () => {
    const { status, headers, body } = await get(url, '/graphiql/assets/main-A1.js');
    expect(status).toBe(200);
    expect(String(body)).toBe(SCRIPT);
    expect(headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      vary: 'accept-encoding',
      etag: '"abc123"',
    });
  });

  it('serve the compressed form to those who take it', async () => {
    const { headers, body } = await get(url, '/graphiql/assets/main-A1.js', { 'accept-encoding': 'gzip, br' });
    expect(headers['content-encoding']).toBe('br');
    expect(headers.etag).toBe('"abc123-br"');
    expect(String(brotliDecompressSync(body))).toBe(SCRIPT);
  });

  it('answer 304 to whom has the same form already', async () => {
    const same = await get(url, '/graphiql/assets/main-A1.js', { 'if-none-match': '"other", W/"abc123"' });
    expect(same.status).toBe(304);
    expect(same.body).toHaveLength(0);
    const other = await get(url, '/graphiql/assets/main-A1.js', { 'if-none-match': '"abc123-br"' });
    expect(other.status).toBe(200);
  });

  it.each([
    '/graphiql/assets/secret.txt',
    '/graphiql/assets/../manifest.json',
    '/graphiql/assets/..%2f..%2fpackage.json',
    '/graphiql/assets/%2e%2e%2fsecret.txt',
    '/graphiql/assets/main-A1.js%00',
    '/graphiql/assets/main-A1.js.br',
    '/graphiql/assets/manifest.json',
    '/graphiql/assets/__proto__',
    '/graphiql/assets/constructor',
    '/graphiql/assets/',
    '/graphiql/assets/gone-H8.js',
  ])('serve nothing at %s', async (path) => {
    expect((await get(url, path)).status).toBe(404);
  });
});

describe('a request for GraphiQL', () => {
  it.each([
    [BROWSER, true],
    ['text/html', true],
    ['text/html;q=0.9, application/json;q=0.8', true],
    ['text/html, application/json', false],
    ['application/graphql-response+json, text/html;q=0.9', false],
    ['text/html;q=0', false],
    ['*/*', false],
    [undefined, false],
  ])('with accept %s is one: %s', (accept, wanted) => {
    expect(wantsGraphiql(accept === undefined ? {} : { accept })).toBe(wanted);
  });
});
