import { type Federation, startFederation } from '../fixtures/federation';
import { FEDERATION } from './oracle/comparison';

/** The owner of an `@interfaceObject` is asked about the interface and knows no types: only keys can tell fields apart. */
describe('a response key that stands for different fields of an interface object', () => {
  const works = [
    { __typename: 'Book', id: 'b', title: 'book' },
    { __typename: 'Movie', id: 'm', title: 'movie' },
    { __typename: 'Song', id: 's', title: 'song' },
  ];
  let federation: Federation;

  beforeAll(async () => {
    federation = await startFederation({
      works: {
        sdl: `${FEDERATION}
          type Query { works: [Work!] shelf: Shelf }
          type Shelf { first: Work all: [Work!] }
          interface Work @key(fields: "id") { id: ID! title: String }
          type Book implements Work @key(fields: "id") { id: ID! title: String }
          type Movie implements Work @key(fields: "id") { id: ID! title: String }
          type Song implements Work @key(fields: "id") { id: ID! title: String }`,
        resolvers: {
          Query: { works: () => works, shelf: () => ({ first: works[1], all: works }) },
        },
      },
      reviews: {
        sdl: `${FEDERATION}
          type Work @key(fields: "id") @interfaceObject { id: ID! reviews(first: Int, by: String): [Review!] score(of: Int = 5): String best: Review }
          type Review @key(fields: "id") { id: ID! }`,
        resolvers: {
          Work: {
            reviews: ({ id }, { first = 3, by = '' }) =>
              Array.from({ length: first }, (_, index) => ({ id: `${id}${index}${by}` })),
            score: ({ id }, { of }) => `${id} of ${of}`,
            best: ({ id }) => ({ id: `${id}9` }),
          },
        },
      },
      texts: {
        sdl: `${FEDERATION}
          type Review @key(fields: "id") { id: ID! text(max: Int): String note: String }`,
        resolvers: {
          Review: { text: ({ id }, { max }) => `text ${id} ${max}`, note: ({ id }) => `note ${id}` },
        },
      },
    });
  });
  afterAll(() => federation.close());

  it.each([
    [
      'by its arguments',
      '{ works { ... on Book { reviews(first: 1) { id } } ... on Movie { reviews(first: 2) { id } } ... on Song { reviews(first: 0) { id } } } }',
      { works: [{ reviews: [{ id: 'b0' }] }, { reviews: [{ id: 'm0' }, { id: 'm1' }] }, { reviews: [] }] },
    ],
    [
      'by its alias',
      '{ works { ... on Book { x: score } ... on Movie { x: score(of: 9) } ... on Song { x: title } } }',
      { works: [{ x: 'b of 5' }, { x: 'm of 9' }, { x: 'song' }] },
    ],
    [
      'beside the same of all',
      '{ works { all: score ... on Book { score(of: 1) } ... on Movie { score(of: 2) } } }',
      { works: [{ all: 'b of 5', score: 'b of 1' }, { all: 'm of 5', score: 'm of 2' }, { all: 's of 5' }] },
    ],
    [
      'below, with a hop',
      '{ works { ... on Book { r: reviews(first: 1) { text(max: 1) } } ... on Movie { r: reviews(first: 1) { text(max: 2) } } ... on Song { r: reviews(first: 1) { text: note } } } }',
      { works: [{ r: [{ text: 'text b0 1' }] }, { r: [{ text: 'text m0 2' }] }, { r: [{ text: 'note s0' }] }] },
    ],
    [
      'below one that is the same for all, with a hop',
      '{ works { ... on Book { best { x: text(max: 1) } } ... on Movie { best { x: note } } } }',
      { works: [{ best: { x: 'text b9 1' } }, { best: { x: 'note m9' } }, {}] },
    ],
    [
      'deeper in the answer',
      `{ shelf { first { ...F } all { ...F } } }
        fragment F on Work { ... on Book { score(of: 1) } ... on Movie { score(of: 2) } ... on Song { score } }`,
      { shelf: { first: { score: 'm of 2' }, all: [{ score: 'b of 1' }, { score: 'm of 2' }, { score: 's of 5' }] } },
    ],
  ])('%s', async (_what, query, data) => {
    expect(await federation.ask(query)).toEqual({ data });
  });
});
