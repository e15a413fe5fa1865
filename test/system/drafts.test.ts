import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, type HeadgateProcess, runHeadgate, startHeadgate } from '../fixtures/headgate-process';
import { type LiveSubgraph, startLiveSubgraph } from '../fixtures/live-subgraph';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const OLD = 'type Query { name: String }';
const NEW = 'type Query { name: String price: Int }';
const RESOLVERS = { Query: { name: () => 'x', price: () => 7 } };

/** One story, told in order. */
describe('declarations that wait, and several at once', () => {
  const directory = temporaryDirectories();
  let folder: string;
  let shop: LiveSubgraph;
  let users: LiveSubgraph;
  let headgate: HeadgateProcess;

  function command(...args: string[]) {
    return runHeadgate(args, { cwd: folder, env: { HEADGATE_ADMIN_URL: headgate.admin } });
  }

  async function call(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await fetch(`${headgate.admin}/registry/graphs/default${path}`, {
      method,
      ...(body !== undefined && { body: text }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  const price = async () => (await ask(headgate.graphql, '{ price }')).body.data;

  beforeAll(async () => {
    folder = directory();
    shop = await startLiveSubgraph('shop', { sdl: NEW, resolvers: RESOLVERS });
    users = await startLiveSubgraph('users', {
      sdl: 'type Query { me: String }',
      resolvers: { Query: { me: () => 'ann' } },
    });
    headgate = await startHeadgate(['serve', '--port', '0'], { cwd: folder });
    expect((await call('PUT', `/subgraphs/shop?url=${encodeURIComponent(shop.url)}`, OLD)).status).toBe(201);
  });

  afterAll(async () => {
    await headgate.stop();
    await shop.close();
    await users.close();
  });

  it('keeps a draft and makes nothing current', async () => {
    writeFileSync(join(folder, 'shop.graphql'), NEW);
    const kept = await command(
      'subgraph',
      'publish',
      'shop',
      '--schema',
      'shop.graphql',
      '--draft',
      '--message',
      'prices',
    );
    expect(kept.stdout).toContain('kept as draft 1; headgate supergraph activate 1 makes it current');
    expect(kept.code).toBe(0);
    expect(await price()).toBeUndefined();
    expect((await call('GET', '/revisions')).body.revisions).toHaveLength(1);
    expect((await command('supergraph', 'drafts')).stdout).toMatch(/^1\t\S+\tshop\tloopback\tof revision 1\tprices\n$/);
  });

  it('refuses a draft that does not compose, and one that is not there', async () => {
    const wrong = await call('PUT', '/subgraphs/shop?draft=true', 'type Query { name: Nothing }');
    expect(wrong).toMatchObject({ status: 422, body: { error: { code: 'COMPOSITION_FAILED' } } });
    expect(await call('POST', '/activate', { revision: 9 })).toMatchObject({
      status: 404,
      body: { error: { message: 'there is no draft 9; there are 1' } },
    });
    expect(await call('POST', '/activate', { revision: 1, reazon: 'x' })).toMatchObject({ status: 400 });
  });

  it('keeps them over a restart, and publishes one when it is activated', async () => {
    await headgate.stop();
    headgate = await startHeadgate(['serve', '--port', '0'], { cwd: folder });
    const activated = await command('supergraph', 'activate', '1', '--reason', 'it is time');
    expect(activated.stdout).toContain('revision 2 is current');
    expect(await price()).toEqual({ price: 7 });
    expect((await call('GET', '/drafts')).body.drafts).toEqual([]);
    const { body } = await call('GET', '/revisions/2');
    expect(body).toMatchObject({ kind: 'publish', subgraph: 'shop', message: 'it is time' });
  });

  it('judges a draft when it is activated, and lets go of one that nobody wants', async () => {
    await ask(headgate.graphql, '{ price }');
    const kept = await call('PUT', '/subgraphs/shop?draft=true', OLD);
    expect(kept).toMatchObject({
      status: 201,
      body: { api: { changes: [{ coordinate: 'Query.price', criticality: 'breaking', operations: 1 }] } },
    });
    const { draft } = kept.body;
    const refused = await call('POST', '/activate', { revision: draft });
    expect(refused).toMatchObject({ status: 422, body: { error: { code: 'BREAKING_CHANGE' } } });
    expect((await call('GET', '/drafts')).body.drafts).toHaveLength(1);
    expect((await command('supergraph', 'discard', String(draft))).stdout).toBe(
      `draft ${String(draft)} of shop is gone\n`,
    );
    expect((await call('GET', '/drafts')).body.drafts).toEqual([]);
  });

  it('publishes several subgraphs as one revision, or none', async () => {
    const half = [
      { name: 'shop', sdl: `${NEW} extend type User @key(fields: "id") { id: ID! @external cart: String }` },
      { name: 'users', sdl: 'type Query { me: Nobody }', instances: [{ url: users.url }] },
    ];
    expect(await call('PUT', '/subgraphs', { subgraphs: half })).toMatchObject({ status: 422 });
    expect((await call('GET', '/subgraphs')).body.subgraphs).toHaveLength(1);
    writeFileSync(join(folder, 'users.graphql'), 'type Query { me: String }');
    writeFileSync(
      join(folder, 'supergraph.yaml'),
      `federation_version: =2.12.0
subgraphs:
  shop: { routing_url: "${shop.url}", schema: { file: ./shop.graphql } }
  users: { routing_url: "${users.url}", schema: { file: ./users.graphql } }
`,
    );
    const published = await command('supergraph', 'publish', '--config', 'supergraph.yaml', '--message', 'both');
    expect(published).toMatchObject({ code: 0, stdout: expect.stringContaining('revision 3 is current') });
    expect((await ask(headgate.graphql, '{ me price }')).body).toEqual({ data: { me: 'ann', price: 7 } });
    expect((await call('GET', '/revisions/3')).body).toMatchObject({ subgraphs: ['users'], message: 'both' });
  });

  it.each([
    [{ subgraphs: [] }, 'at least one subgraph'],
    [{ subgraphs: [{ name: 'a' }] }, 'subgraphs.0.sdl'],
    [
      {
        subgraphs: [
          { name: 'a', sdl: OLD },
          { name: 'a', sdl: OLD },
        ],
      },
      'each of them once',
    ],
    [{ subgraph: [] }, 'there is no key "subgraph"'],
  ])('says what is wrong with %j', async (body, words) => {
    expect(await call('PUT', '/subgraphs', body)).toMatchObject({
      status: 400,
      body: { error: { code: 'INVALID_ARGUMENT', message: expect.stringContaining(words) } },
    });
  });
});
