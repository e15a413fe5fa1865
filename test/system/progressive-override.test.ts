import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { type LiveSubgraph, type SubgraphModule, startLiveSubgraph } from '../fixtures/live-subgraph';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@override"])';

/** Every field of a user is answered with the name of the subgraph that answers it. */
function subgraph(name: string, sdl: string): SubgraphModule {
  const fields = ['named', 'other', 'half', 'both', 'none', 'all'].map((field) => [field, () => name]);
  const user = { __resolveReference: (given: object) => given, ...Object.fromEntries(fields) };
  const query = name === 'old' ? { Query: { user: () => ({ id: '1' }) } } : {};
  return { sdl: `${LINK} ${sdl}`, resolvers: { ...query, User: user } };
}

const OLD = subgraph(
  'old',
  `type Query { user: User }
   type User @key(fields: "id") { id: ID! named: String other: String half: String both: String none: String all: String }`,
);
const NEW = subgraph(
  'new',
  `type User @key(fields: "id") { id: ID!
     named: String @override(from: "old", label: "named") other: String @override(from: "old", label: "other")
     half: String @override(from: "old", label: "percent(50)") both: String @override(from: "old", label: "percent(50)")
     none: String @override(from: "old", label: "percent(0)") all: String @override(from: "old", label: "percent(100)") }`,
);

describe('fields that move to another subgraph by and by', () => {
  const directory = temporaryDirectories();
  let subgraphs: readonly LiveSubgraph[] = [];
  let headgate: HeadgateProcess;

  beforeAll(async () => {
    const folder = directory();
    const modules = { old: OLD, new: NEW };
    subgraphs = await Promise.all(Object.entries(modules).map(([name, module]) => startLiveSubgraph(name, module)));
    const sections = subgraphs.map(
      ({ name, url }) => `  ${name}: { schema: { file: ./${name}.graphql }, url: "${url}" }`,
    );
    for (const [name, { sdl }] of Object.entries(modules)) writeFileSync(join(folder, `${name}.graphql`), sdl);
    writeFileSync(
      join(folder, 'headgate.yaml'),
      `server: { listen: "127.0.0.1:0" }
supergraph: { source: subgraphs, checkpoint: false }
subgraphs:
${sections.join('\n')}
planning: { deadline: 1m, override_labels: { named: true, other: false }, override_header: X-Override-Labels }
`,
    );
    headgate = await startHeadgate(['serve'], { cwd: folder });
  });

  afterAll(async () => {
    await headgate?.stop();
    await Promise.all(subgraphs.map((one) => one.close()));
  });

  async function user(fields: string, labels?: string): Promise<Record<string, string>> {
    const response = await fetch(headgate.graphql, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(labels === undefined ? {} : { 'x-override-labels': labels }),
      },
      body: JSON.stringify({ query: `{ user { ${fields} } }` }),
    });
    const body = (await response.json()) as { data: { user: Record<string, string> } }; // as: what is asked
    return body.data.user;
  }

  it('come from where the configuration says', async () => {
    expect(await user('named other none all')).toEqual({ named: 'new', other: 'old', none: 'old', all: 'new' });
  });

  it('come from where the header says, the first time and after that', async () => {
    for (let round = 0; round < 3; round++) {
      expect(await user('named other all', 'other, !named, !percent(100)')).toEqual({
        named: 'old',
        other: 'new',
        all: 'old',
      });
      expect(await user('named other all', 'unknown')).toEqual({ named: 'new', other: 'old', all: 'new' });
      expect(await user('named other all')).toEqual({ named: 'new', other: 'old', all: 'new' });
    }
  });

  it('are drawn for a share of the requests, all fields of a label together', async () => {
    const seen = new Set<string>();
    for (let asked = 0; asked < 60; asked++) {
      const { half, both } = await user('half both');
      expect(both).toBe(half);
      seen.add(half ?? '');
    }
    expect([...seen].sort()).toEqual(['new', 'old']);
  });

  it('are not shared with requests under way that have other labels', async () => {
    await user('other', 'other');
    await user('other');
    const asked = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? 'other' : '!other'));
    const answers = await Promise.all(asked.map((labels) => user('other', labels)));
    expect(answers).toEqual(asked.map((labels) => ({ other: labels === 'other' ? 'new' : 'old' })));
  });
});
