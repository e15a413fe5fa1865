import { AnswerSize } from '../../gateway/execution/answer-size';
import { type Federation, startFederation } from '../fixtures/federation';

const FEDERATION = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])`;
const ROWS = 6_000;

describe('an answer that is too large for one turn of the loop', () => {
  let federation: Federation;

  beforeAll(async () => {
    federation = await startFederation({
      rows: {
        sdl: `${FEDERATION} type Query { rows: [Row!]! } type Row @key(fields: "id") { id: ID! cell: Cell! } type Cell { name: String! }`,
        resolvers: {
          Query: {
            rows: () => Array.from({ length: ROWS }, (_, at) => ({ id: `${at}`, cell: { name: `cell ${at}` } })),
          },
        },
      },
      more: {
        sdl: `${FEDERATION} type Row @key(fields: "id") { id: ID! more: Int! }`,
        resolvers: {
          Row: { __resolveReference: (given: object) => given, more: ({ id }: { id: string }) => Number(id) },
        },
      },
    });
  });
  afterAll(() => federation.close());
  afterEach(() => jest.restoreAllMocks());

  it('is completed in turns, also when what was to be asked for was collected in turns before', async () => {
    const turns = jest.spyOn(AnswerSize.prototype, 'nextTurn');
    const walks = jest.spyOn(AnswerSize.prototype, 'beginWalk');
    const { data, errors } = await federation.ask('{ rows { id cell { name } more } }');
    expect(errors).toBeUndefined();
    const row = (_: unknown, at: number) => ({ id: `${at}`, cell: { name: `cell ${at}` }, more: at });
    expect(data).toEqual({ rows: Array.from({ length: ROWS }, row) });
    // At once, and given up; then 2,000 objects a turn.
    expect(walks.mock.calls.filter(([atOnce]) => !atOnce).length).toBeGreaterThan(1);
    expect(turns.mock.calls.length).toBeGreaterThan((2 * ROWS) / 2_000);
  });
});
