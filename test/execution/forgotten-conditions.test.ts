import { Compiler } from '../../gateway/execution/programs';
import { type Answer, type Federation, startFederation } from '../fixtures/federation';
import { newFlight } from '../fixtures/flight';
import { FEDERATION } from './oracle/comparison';

interface Reference {
  readonly __typename?: string;
  readonly id: string;
}

/** What answers `… fails` for a field: an error of it tells that it was asked for. */
function failing(name: string) {
  return ({ id }: Reference) => {
    throw new Error(`${name} of ${id} fails`);
  };
}

/** Spec: section 3.13, `@skip` and `@include`. The planner forgets them where requirements lead back to where an object came from. */
describe('a field that a condition leaves out is not asked for', () => {
  let federation: Federation;

  beforeAll(async () => {
    federation = await startFederation({
      sizes: {
        sdl: `${FEDERATION}
          type Crate @key(fields: "id") { id: ID! width: Int height: Int }
          type Sack @key(fields: "id") { id: ID! width: Int height: Int }`,
        resolvers: {
          Crate: { width: () => 2, height: failing('height') },
          Sack: { width: () => 3, height: failing('height') },
        },
      },
      goods: {
        sdl: `${FEDERATION}
          type Query { crates: [Crate] goods: [Goods] }
          union Goods = Crate | Sack
          type Crate @key(fields: "id") {
            id: ID! width: Int @external height: Int @external
            area(unit: String): String @requires(fields: "width")
            label: String @requires(fields: "width")
            volume: String @requires(fields: "width height")
            plain: String
            shelf: Shelf @requires(fields: "width") }
          type Sack @key(fields: "id") {
            id: ID! width: Int @external
            label: String @requires(fields: "width") area(unit: String): String @requires(fields: "width") }
          type Shelf @key(fields: "id") { id: ID! code: String row: Int }`,
        resolvers: {
          Query: {
            crates: () => [{ id: 'c1' }],
            goods: () => [
              { __typename: 'Crate', id: 'c1' },
              { __typename: 'Sack', id: 's1' },
            ],
          },
          Crate: {
            __resolveReference: (reference: object) => reference,
            area: failing('area'),
            label: ({ width }: { width: number }) => `${width} wide`,
            volume: failing('volume'),
            plain: () => 'plain',
            shelf: () => ({ id: 'h1' }),
          },
          Sack: {
            __resolveReference: (reference: object) => reference,
            label: failing('label'),
            area: () => 'soft',
          },
          Shelf: { __resolveReference: (reference: object) => reference, code: failing('code'), row: () => 4 },
        },
      },
      rows: {
        sdl: `${FEDERATION} type Shelf @key(fields: "id") { id: ID! hall: String }`,
        resolvers: { Shelf: { __resolveReference: (reference: object) => reference, hall: failing('hall') } },
      },
    });
  });
  afterAll(() => federation.close());

  const VARIABLES = 'query ($yes: Boolean!, $no: Boolean!)';
  const CASES: readonly (readonly [string, string, unknown])[] = [
    [
      'beside one with the same requirement',
      `${VARIABLES} { crates { ... on Crate @include(if: $no) { x: area(unit: "m") } ... on Crate @include(if: $yes) { label } } }`,
      { crates: [{ label: '2 wide' }] },
    ],
    [
      'when it stands alone with its condition',
      `${VARIABLES} { crates { area @include(if: $no) label @skip(if: $no) id @include(if: $yes) } }`,
      { crates: [{ label: '2 wide', id: 'c1' }] },
    ],
    [
      'in a named fragment below another condition',
      `${VARIABLES} { crates { ... @include(if: $yes) { ...Area @include(if: $no) label } ...Area @skip(if: $yes) } }
       fragment Area on Crate { area }`,
      { crates: [{ label: '2 wide' }] },
    ],
    [
      'with what it requires beside',
      `${VARIABLES} { crates { volume @include(if: $no) label @include(if: $yes) } }`,
      { crates: [{ label: '2 wide' }] },
    ],
    [
      'although objects of another type are asked for the same key',
      `${VARIABLES} { goods { ... on Crate @include(if: $yes) { label } ... on Sack @include(if: $no) { label } ... on Sack @include(if: $yes) { area } } }`,
      { goods: [{ label: '2 wide' }, { area: 'soft' }] },
    ],
    [
      'below a field that is asked for',
      `${VARIABLES} { crates { ... on Crate @include(if: $no) { shelf { code hall } } ... on Crate @include(if: $yes) { shelf { row } } } }`,
      { crates: [{ shelf: { row: 4 } }] },
    ],
  ];

  async function answer(query: string, compiler: Compiler): Promise<Answer> {
    const operation = await federation.prepare(query, compiler);
    const { data, errors } = await operation.execute({ yes: true, no: false }, newFlight());
    return { data, errors: errors?.map(({ message }) => ({ message })) ?? [] };
  }

  it.each(CASES)('%s', async (_where, query, data) => {
    expect(await answer(query, new Compiler())).toEqual({ data, errors: [] });
  });

  it.each(CASES)('%s, in the program for all values', async (_where, query, data) => {
    expect(await answer(query, new Compiler({ ownProgramsMax: 0 }))).toEqual({ data, errors: [] });
  });

  it('and is asked for under the other values', async () => {
    for (const ownProgramsMax of [8, 0]) {
      const operation = await federation.prepare(
        `${VARIABLES} { crates { ... on Crate @include(if: $no) { area label } ... on Crate @include(if: $yes) { label } } }`,
        new Compiler({ ownProgramsMax }),
      );
      const both = await operation.execute({ yes: true, no: true }, newFlight());
      expect(both.data).toEqual({ crates: [{ area: null, label: '2 wide' }] });
      expect(both.errors?.map(({ path }) => path)).toEqual([['crates', 0, 'area']]);
      const neither = await operation.execute({ yes: false, no: false }, newFlight());
      expect(neither).toEqual({ data: { crates: [{}] }, errors: [] });
    }
  });

  it('and no request is made for what only that field requires', async () => {
    federation.asked('sizes');
    const query = `${VARIABLES} { crates { area @include(if: $no) plain @include(if: $yes) } }`;
    expect(await answer(query, new Compiler())).toEqual({ data: { crates: [{ plain: 'plain' }] }, errors: [] });
    expect(federation.asked('sizes')).toEqual([]);
  });
});
