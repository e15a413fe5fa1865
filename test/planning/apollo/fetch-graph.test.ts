import { createApolloPlanner } from '../../../gateway/planning/apollo/planner';
import type { Planner } from '../../../gateway/planning/planner';
import { printPlan } from '../../../gateway/planning/print-plan';
import { composed } from '../../fixtures/hand-written-plan';

/** Two interface objects that each require something of the interface: the planner makes a circle of fetches. */
const ITEM = 'interface Item @key(fields: "id") { id: ID! name: String }';
const OWNER = 'type Item @interfaceObject @key(fields: "id") { id: ID! name: String @external';
const SUBGRAPHS = {
  items: `type Query { all: [Book!]! } ${ITEM} type Book implements Item @key(fields: "id") { id: ID! name: String }`,
  links: `${OWNER} slug: String @requires(fields: "name") next: Item }`,
  ranks: `${OWNER} rank: String @requires(fields: "name") }`,
};

const FEDERATION = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires", "@interfaceObject"]) `;

describe('an operation whose fetches would wait for each other', () => {
  let planner: Planner;
  const plan = (query: string) => planner.plan({ query, operationName: null });

  beforeAll(async () => {
    const { sdl } = await composed(
      Object.fromEntries(Object.entries(SUBGRAPHS).map(([name, sdl]) => [name, FEDERATION + sdl])),
    );
    planner = await createApolloPlanner(sdl, {
      deadlineMs: 60_000,
      queueMax: 10,
      cacheMax: 10,
      fetchesMax: 500,
      workers: 1,
    });
  });
  afterAll(() => planner.close());

  it('is refused, and does not keep its thread until the process ends', async () => {
    const refused = await plan('{ all { next { ... on Book { rank } } } }').catch((error) => error);
    expect(refused).toMatchObject({
      code: 'PLANNING_FAILED',
      message: expect.stringContaining('would wait for each other'),
    });
    expect(printPlan(await plan('{ all { next { rank } } }')).match(/Fetch\(/g)).toHaveLength(4);
  });
});
