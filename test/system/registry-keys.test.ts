import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HeadgateProcess, runHeadgate, startHeadgate } from '../fixtures/headgate-process';
import { type LiveSubgraph, startLiveSubgraph } from '../fixtures/live-subgraph';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const TOKEN = 'a-token-for-this-test';
const SDL = 'type Query { name: String }';

/** One story, told in order. */
describe('keys of a registry', () => {
  const directory = temporaryDirectories();
  let folder: string;
  let shop: LiveSubgraph;
  let headgate: HeadgateProcess;
  let secret: string;

  const serve = () =>
    startHeadgate(['serve', '--port', '0', '--config', 'headgate.yaml'], {
      cwd: folder,
      env: { HEADGATE_ADMIN_TOKEN: TOKEN },
    });

  function command(token: string, ...args: string[]) {
    return runHeadgate(args, { cwd: folder, env: { HEADGATE_ADMIN_URL: headgate.admin, HEADGATE_ADMIN_TOKEN: token } });
  }

  async function call(
    token: string | null,
    method: string,
    path: string,
    body?: string,
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const answer = await fetch(`${headgate.admin}/registry/graphs/default${path}`, {
      method,
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
      ...(body !== undefined && { body }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  const publish = (token: string, name: string) =>
    call(token, 'PUT', `/subgraphs/${name}?url=${encodeURIComponent(shop.url)}`, SDL);

  beforeAll(async () => {
    folder = directory();
    writeFileSync(join(folder, 'headgate.yaml'), 'audit: { path: ./audit.jsonl, denied: true }\n');
    shop = await startLiveSubgraph('shop', { sdl: SDL, resolvers: { Query: { name: () => 'x' } } });
    headgate = await serve();
  });

  afterAll(async () => {
    await headgate.stop();
    await shop.close();
  });

  it('are created while it runs, and in effect at once', async () => {
    const created = await command(
      TOKEN,
      'key',
      'create',
      'team-shop',
      '--scope',
      'publish:default/sho*',
      '--expires',
      '90d',
    );
    expect(created.stderr).toMatch(
      /^key team-shop may publish:default\/sho\*; it ends at \S+\. It is not kept, and shown this once:/,
    );
    secret = created.stdout.trim();
    expect(secret).toMatch(/^hg_[A-Za-z0-9_-]{43}$/);
    expect(await publish(secret, 'shop')).toMatchObject({ status: 201 });
    expect((await call(TOKEN, 'GET', '/revisions/1')).body).toMatchObject({ actor: 'key team-shop' });
  });

  it.each([
    ['PUT', '/subgraphs/users', SDL],
    ['POST', '/keys', '{"name":"more","scopes":["admin"]}'],
    ['DELETE', '/keys/team-shop', undefined],
    ['POST', '/rollback', '{"revision":1}'],
    ['GET', '/keys', undefined],
  ] as const)('may do no more than their scopes: %s %s', async (method, path, body) => {
    expect(await call(secret, method, path, body)).toMatchObject({
      status: 403,
      body: { error: { message: expect.stringContaining('the key team-shop may publish:default/sho*') } },
    });
  });

  it('are listed without their secrets, which are nowhere on disk', async () => {
    const { stdout } = await command(TOKEN, 'key', 'list');
    expect(stdout).toMatch(/^team-shop\tpublish:default\/sho\*\t20\d\d-\S+\t20\d\d-\S+\ttoken\n$/);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
    const texts = files.filter((file) => statSync(file).isFile()).map((file) => readFileSync(file, 'utf8'));
    expect(texts.length).toBeGreaterThan(3);
    expect(texts.filter((text) => text.includes(secret))).toEqual([]);
    const audit = readFileSync(join(folder, 'audit.jsonl'), 'utf8');
    expect(audit).toContain('"action":"key.create"');
    expect(audit).toContain('"name":"team-shop"');
  });

  it.each([
    ['{"name":"team-shop","scopes":["read"]}', 'there is a key team-shop already'],
    ['{"name":"a b","scopes":["read"]}', 'is no name of a key'],
    ['{"name":"a","scopes":["publish"]}', 'is no scope'],
    ['{"name":"a","scopes":[]}', 'give 1 to 100 scopes'],
    ['{"name":"a","scopes":"read"}', 'give a list'],
    ['{"name":"a","scopes":["read"],"expires":"2020-01-01T00:00:00Z"}', 'is no time to come'],
    ['{"name":"a","scopes":["read"],"expires":"soon"}', 'or 90d'],
    ['{"name":"a","scopes":["read"],"until":"1d"}', 'there is no key \\"until\\"'],
  ])('are refused when they make no sense: %s', async (body, words) => {
    const answer = await call(TOKEN, 'POST', '/keys', body);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain(words);
  });

  it('outlive a restart, and open nothing once they are revoked', async () => {
    await headgate.stop();
    headgate = await serve();
    expect(await publish(secret, 'shop')).toMatchObject({ status: 200, body: { revision: 1 } });
    expect((await command(TOKEN, 'key', 'revoke', 'team-shop')).stdout).toBe('key team-shop is revoked\n');
    expect(await publish(secret, 'shop')).toMatchObject({ status: 401 });
    expect(await call(TOKEN, 'DELETE', '/keys/team-shop')).toMatchObject({ status: 404 });
    expect((await command(TOKEN, 'key', 'list')).stdout).toBe('the registry has no keys\n');
  });
});

describe('keys of a registry that asks callers of this machine for nothing', () => {
  const directory = temporaryDirectories();

  it('count for those who send one', async () => {
    const headgate = await startHeadgate(['serve', '--port', '0'], { cwd: directory() });
    const call = (authorization: string | null, method = 'GET', body?: string) =>
      fetch(`${headgate.admin}/registry/graphs/default/keys`, {
        method,
        headers: authorization === null ? {} : { authorization },
        ...(body !== undefined && { body }),
      });
    try {
      expect((await call('Bearer whatever')).status).toBe(200);
      const made = await call(null, 'POST', '{"name":"reader","scopes":["read"]}');
      const { key } = (await made.json()) as { key: string };
      expect(made.headers.get('cache-control')).toBe('no-store');
      expect((await call(`Bearer ${key}`)).status).toBe(200);
      expect((await call(`Bearer ${key}`, 'POST', '{"name":"b","scopes":["admin"]}')).status).toBe(403);
      expect((await call('Bearer whatever')).status).toBe(401);
      expect((await call(null)).status).toBe(200);
    } finally {
      await headgate.stop();
    }
  });
});
