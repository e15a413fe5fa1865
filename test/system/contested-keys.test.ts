import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HeadgateGateway } from '../../gateway';
import { closeCompositionThread, composeSubgraphs } from '../../gateway/supergraph/compose';
import { type ApolloHost, startApolloHost } from '../fixtures/apollo-host';
import { type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { type LiveSubgraph, startLiveSubgraph } from '../fixtures/live-subgraph';
import { adapterSdl } from '../fixtures/rest-adapter';
import { type ScriptedServer, startScriptedServer } from '../fixtures/scripted-server';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const link = (names: string) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${names}])`;
const PARTS = ['Water', 'Land']
  .map((name) => `type ${name} implements Part { id: ID! photo: Photo author: Author }`)
  .join('\n');
const CATALOG = `${link('"@key"')} type Query { parts: [Part!] } interface Part { id: ID! photo: Photo author: Author } ${PARTS}
  type Photo @key(fields: "id") { id: ID! } type Author @key(fields: "id") { id: ID! }`;
const PEOPLE = `${link('"@key"')} type Author @key(fields: "id") { id: ID! name(style: String): String born: String }`;
const MEDIA = adapterSdl(`
  type Photo @key(fields: "id") @connect(source: "api", http: { GET: "/photos/{$this.id}" }, selection: "id title alt") {
    id: ID!
    title: String
    alt: String
    thumb(width: Int!): String
      @connect(source: "api", http: { GET: "/photos/{$this.id}/thumb/{$args.width}" }, selection: "$.text")
  }`);

/** On every way that an operation can take; in front of a REST service as well. */
describe('a response key that stands for different fields on different types', () => {
  const directory = temporaryDirectories();
  let rest: ScriptedServer;
  let subgraphs: readonly LiveSubgraph[];
  let headgates: readonly HeadgateProcess[];
  let host: ApolloHost;

  beforeAll(async () => {
    rest = await startScriptedServer(({ url }, response) => {
      const [, id, width] = /\/photos\/(\w+)(?:\/thumb\/(\d+))?/.exec(url) ?? [];
      const body = width === undefined ? { id, title: `title ${id}`, alt: `alt ${id}` } : { text: `${id} at ${width}` };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    const part = (typename: string, id: string) => ({ __typename: typename, id, photo: { id }, author: { id } });
    subgraphs = await Promise.all([
      startLiveSubgraph('catalog', {
        sdl: CATALOG,
        resolvers: { Query: { parts: () => [part('Water', 'w'), part('Land', 'l')] } },
      }),
      startLiveSubgraph('people', {
        sdl: PEOPLE,
        resolvers: {
          Author: {
            name: ({ id }: { id: string }, { style }: { style?: string }) => `${style} ${id}`,
            born: ({ id }: { id: string }) => `born ${id}`,
          },
        },
      }),
    ]);
    const folder = directory();
    writeFileSync(join(folder, 'catalog.graphql'), CATALOG);
    writeFileSync(join(folder, 'people.graphql'), PEOPLE);
    writeFileSync(join(folder, 'media.graphql'), MEDIA);
    writeFileSync(join(folder, 'plugin.cjs'), 'module.exports = { async requestDidStart() { return {}; } };');
    const lines = subgraphs.map(({ name, url }) => `  ${name}: { url: "${url}", schema: { file: ./${name}.graphql } }`);
    const media = `{ rest: ./media.graphql, sources: { api: { url: "http://127.0.0.1:${rest.port}/v1" } } }`;
    const config = (more: string) => `server: { listen: "127.0.0.1:0" }
supergraph: { source: subgraphs, checkpoint: ./${more === '' ? 'direct' : 'apollo'} }
planning: { deadline: 1m }
subgraphs:
${lines.join('\n')}
  media: ${media}
${more}`;
    writeFileSync(join(folder, 'direct.yaml'), config(''));
    writeFileSync(join(folder, 'apollo.yaml'), config('apollo: { plugins: [./plugin.cjs] }'));
    headgates = await Promise.all(
      ['direct', 'apollo'].map((name) => startHeadgate(['serve', '--config', join(folder, `${name}.yaml`)])),
    );
    const files = subgraphs.map(({ name, url }) => ({
      name,
      url,
      sdl: readFileSync(join(folder, `${name}.graphql`), 'utf8'),
    }));
    const { sdl } = await composeSubgraphs(files);
    host = await startApolloHost(new HeadgateGateway({ supergraphSdl: sdl, config: { planning: { deadline: '1m' } } }));
  });
  afterAll(async () => {
    await host?.stop();
    await Promise.all((headgates ?? []).map((one) => one.stop()));
    await Promise.all((subgraphs ?? []).map((one) => one.close()));
    await rest.kill();
    await closeCompositionThread();
  });

  async function ask({ graphql }: HeadgateProcess, query: string, operationName?: string): Promise<unknown> {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ query, operationName });
    return (await fetch(graphql, { method: 'POST', headers, body })).json();
  }

  const byType = (below: string, water: string, land: string) =>
    `parts { ... on Water { ${below} { ${water} } } ... on Land { ${below} { ${land} } } }`;

  const CASES = [
    {
      query: byType('photo', 'thumb(width: 1)', 'thumb(width: 2)'),
      photos: [{ thumb: 'w at 1' }, { thumb: 'l at 2' }],
    },
    {
      query: byType('photo', 'thumb(width: 2)', 'thumb(width: 1)'),
      photos: [{ thumb: 'w at 2' }, { thumb: 'l at 1' }],
    },
    { query: byType('photo', 'x: title', 'x: alt'), photos: [{ x: 'title w' }, { x: 'alt l' }] },
    { query: byType('photo', 'x: alt', 'x: alt'), photos: [{ x: 'alt w' }, { x: 'alt l' }] },
  ];

  it('of a REST service, one document beside the other, new and prepared', async () => {
    for (let round = 0; round < 3; round++) {
      for (const { query, photos } of CASES) {
        const data = { parts: photos.map((photo) => ({ photo })) };
        for (const headgate of headgates) expect(await ask(headgate, `{ ${query} }`)).toEqual({ data });
      }
    }
  });

  it('of two operations of one document', async () => {
    const query = `query A { ${byType('author', 'x: born', 'x: name(style: "a")')} } query B { ${byType('author', 'x: name(style: "b")', 'x: born')} }`;
    const answers = { A: ['born w', 'a l'], B: ['b w', 'born l'] };
    for (const name of ['A', 'B', 'A', 'B'] as const) {
      const parts = answers[name].map((x) => ({ author: { x } }));
      for (const headgate of headgates) expect(await ask(headgate, query, name)).toEqual({ data: { parts } });
    }
  });

  it('in somebody’s ApolloServer', async () => {
    for (const [water, land] of [
      ['a', 'b'],
      ['b', 'a'],
      ['a', 'b'],
    ]) {
      const { body } = await host.ask(`{ ${byType('author', `name(style: "${water}")`, `name(style: "${land}")`)} }`);
      expect(body).toEqual({
        data: { parts: [{ author: { name: `${water} w` } }, { author: { name: `${land} l` } }] },
      });
    }
  });
});
