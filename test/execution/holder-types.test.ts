import { Compiler } from '../../gateway/execution/programs';
import { type Federation, startFederation } from '../fixtures/federation';
import { newFlight } from '../fixtures/flight';
import { FEDERATION } from './oracle/comparison';

interface Entity {
  readonly id: string;
}

function failing(name: string) {
  return ({ id }: Entity) => {
    throw new Error(`${name} of ${id} fails`);
  };
}

/** Decision 21: what is asked of an entity depends on the types of the objects that it was found behind. */
describe('entities behind objects of several types', () => {
  let federation: Federation;

  const TYPES = ['Water', 'Land', 'Air'];
  const part = (typename: string) => ({
    __typename: typename,
    id: typename,
    photo: { id: `${typename}1` },
    album: { photos: [{ id: `${typename}1` }, { id: `${typename}2` }] },
    next: { __typename: 'Land', id: `next of ${typename}`, photo: { id: `${typename}3` } },
  });

  beforeAll(async () => {
    const wet = (name: string) => (name === 'Land' ? '' : '& Wet');
    federation = await startFederation({
      catalog: {
        sdl: `${FEDERATION}
          type Query { parts: [Part!] any: [Any!] same: [Any!] }
          union Any = Water | Land | Air
          interface Part { id: ID! photo: Photo album: Album next: Part }
          interface Wet { id: ID! }
          ${TYPES.map((name) => `type ${name} implements Part ${wet(name)} { id: ID! photo: Photo album: Album next: Part }`).join('\n')}
          type Album { photos: [Photo!] }
          type Photo @key(fields: "id") { id: ID! }`,
        resolvers: {
          Query: {
            parts: () => TYPES.map(part),
            any: () => TYPES.map(part),
            same: () => TYPES.map((typename) => ({ ...part(typename), photo: { id: 'p' } })),
          },
        },
      },
      media: {
        sdl: `${FEDERATION}
          type Photo @key(fields: "id") { id: ID! title: String alt: String! size: String author: Author }
          type Author @key(fields: "id") { id: ID! }`,
        resolvers: {
          Photo: {
            __resolveReference: (reference: object) => reference,
            title: ({ id }: Entity) => `title ${id}`,
            size: ({ id }: Entity) => `size ${id}`,
            alt: failing('alt'),
            author: ({ id }: Entity) => ({ id: `by ${id}` }),
          },
        },
      },
      people: {
        sdl: `${FEDERATION} type Author @key(fields: "id") { id: ID! name: String born: Int! }`,
        resolvers: {
          Author: {
            __resolveReference: (reference: object) => reference,
            name: ({ id }: Entity) => `name ${id}`,
            born: failing('born'),
          },
        },
      },
    });
  });
  afterAll(() => federation.close());

  /** Query, data, paths of errors, and how often media and people are asked. */
  const CASES: readonly (readonly [string, string, unknown, readonly string[], readonly [number, number]])[] = [
    [
      'of a union',
      '{ any { ... on Water { photo { title } } ... on Land { photo { alt } } } }',
      { any: [{ photo: { title: 'title Water1' } }, { photo: null }, {}] },
      ['any.1.photo.alt'],
      [1, 0],
    ],
    [
      'of an interface, in lists below a value',
      '{ parts { ... on Water { album { photos { title } } } ... on Land { album { photos { alt } } } } }',
      {
        parts: [
          { album: { photos: [{ title: 'title Water1' }, { title: 'title Water2' }] } },
          { album: { photos: null } },
          {},
        ],
      },
      ['parts.1.album.photos.0.alt', 'parts.1.album.photos.1.alt'],
      [1, 0],
    ],
    [
      'that fit another interface, or any',
      '{ parts { ... on Wet { ... on Part { photo { alt } } } photo { title } } }',
      { parts: [{ photo: null }, { photo: { title: 'title Land1' } }, { photo: null }] },
      ['parts.0.photo.alt', 'parts.2.photo.alt'],
      [1, 0],
    ],
    [
      'one and the same entity',
      '{ same { ... on Water { photo { title } } ... on Land { photo { alt } } ... on Air { photo { title } } } }',
      { same: [{ photo: { title: 'title p' } }, { photo: null }, { photo: { title: 'title p' } }] },
      ['same.1.photo.alt'],
      [1, 0],
    ],
    [
      'and what follows them',
      '{ parts { ... on Water { photo { author { name } } } ... on Land { photo { author { born } } } ... on Air { photo { alt } } } }',
      { parts: [{ photo: { author: { name: 'name by Water1' } } }, { photo: { author: null } }, { photo: null }] },
      ['parts.1.photo.author.born', 'parts.2.photo.alt'],
      [1, 1],
    ],
    [
      'two levels above',
      '{ parts { ... on Water { next { ... on Part { photo { title } } } } ... on Air { next { photo { alt } } } } }',
      { parts: [{ next: { photo: { title: 'title Water3' } } }, {}, { next: { photo: null } }] },
      ['parts.2.next.photo.alt'],
      [1, 0],
    ],
    [
      'with one key for different fields',
      '{ any { ... on Water { photo { x: title } } ... on Land { photo { x: size } } } }',
      { any: [{ photo: { x: 'title Water1' } }, { photo: { x: 'size Land1' } }, {}] },
      [],
      [1, 0],
    ],
    [
      'in a named fragment with more beside it',
      `{ parts { ...Photos ... on Land { photo { title } } } }
       fragment Photos on Part { ... on Water { photo { alt } } ... on Air { photo { size } } }`,
      { parts: [{ photo: null }, { photo: { title: 'title Land1' } }, { photo: { size: 'size Air1' } }] },
      ['parts.0.photo.alt'],
      [1, 0],
    ],
  ];

  it.each(CASES)('are asked for what is selected there: %s', async (_of, query, data, paths, requests) => {
    for (const compiler of [new Compiler(), new Compiler({ ownProgramsMax: 0 })]) {
      federation.asked('media');
      federation.asked('people');
      const operation = await federation.prepare(query, compiler);
      const answer = await operation.execute({}, newFlight());
      expect(answer.data).toEqual(data);
      expect(answer.errors?.map(({ path = [] }) => path.join('.')).sort()).toEqual(paths);
      expect([federation.asked('media').length, federation.asked('people').length]).toEqual(requests);
    }
  });

  it('share one list of representations where they are asked for the same', async () => {
    federation.asked('media');
    const query = '{ same { ... on Water { photo { title } } ... on Land { photo { title } } } }';
    expect(await federation.ask(query)).toEqual({
      data: { same: [{ photo: { title: 'title p' } }, { photo: { title: 'title p' } }, {}] },
    });
    const [asked, ...others] = federation.asked('media');
    expect(others).toEqual([]);
    expect(asked?.query).toBe(
      'query($representations:[_Any!]!){_entities(representations:$representations){...on Photo{title}}}',
    );
    expect(asked?.variables).toEqual({ representations: [{ __typename: 'Photo', id: 'p' }] });
  });

  it('are asked by conditions, too', async () => {
    const operation = await federation.prepare(
      'query ($x: Boolean!) { any { ... on Water { photo { title alt @skip(if: $x) } } ... on Land @include(if: $x) { photo { alt } } } }',
      new Compiler(),
    );
    const yes = await operation.execute({ x: true }, newFlight());
    expect(yes.data).toEqual({ any: [{ photo: { title: 'title Water1' } }, { photo: null }, {}] });
    expect(yes.errors?.map(({ path = [] }) => path.join('.'))).toEqual(['any.1.photo.alt']);
    const no = await operation.execute({ x: false }, newFlight());
    expect(no.data).toEqual({ any: [{ photo: null }, {}, {}] });
    expect(no.errors?.map(({ path = [] }) => path.join('.'))).toEqual(['any.0.photo.alt']);
  });
});
