import { type Comparison, FEDERATION } from './comparison';

interface Reference {
  readonly id: string;
}

const reference = { __resolveReference: (given: object) => given };
const square = (id: string) => ({ __typename: 'Square', id, side: Number(id.slice(1)) });
const circle = (id: string) => ({ __typename: 'Circle', id, side: 2 * Number(id.slice(1)) });
const shape = (id: string) => (id.startsWith('s') ? square(id) : circle(id));
const room = (id: string) => ({ __typename: 'Room', id });

/** Requirements upon requirements, of interfaces and through interface objects; unions that differ. */
export const maze: Comparison = {
  subgraphs: {
    rooms: {
      sdl: `${FEDERATION}
        type Query { rooms: [Room!] things: [Thing] shapes: [Shape!]! hall: Room @provides(fields: "title") }
        union Thing = Room | Door
        type Room @key(fields: "id") { id: ID! one: Int three: Int @requires(fields: "two") two: Int @external doors: [Door] title: String @external
          twin: Room spread: String @requires(fields: "shape { side ... on Square { tint } } size { w }") shape: Shape @external size: Size @external }
        type Size @shareable { w: Int h: Int }
        type Door @key(fields: "from { id } to") { from: Room to: String }
        interface Shape @key(fields: "id") { id: ID! side: Int }
        type Square implements Shape @key(fields: "id") { id: ID! side: Int tint: String }
        type Circle implements Shape @key(fields: "id") { id: ID! side: Int }`,
      resolvers: {
        Query: {
          rooms: () => [room('1'), room('2')],
          things: () => [room('3'), { __typename: 'Door', from: room('1'), to: 'east' }, null],
          shapes: () => [square('s3'), circle('c2'), square('s1')],
          hall: () => ({ ...room('9'), title: 'room 9' }),
        },
        Room: {
          ...reference,
          one: ({ id }: Reference) => Number(id),
          three: ({ two }: { two: number }) => two + 1,
          twin: ({ id }: Reference) => (id === '1' ? room('2') : null),
          doors: ({ id }: Reference) => [{ from: room(id), to: 'west' }, null, { from: null, to: 'south' }],
          // Stock does not say of which type a shape is.
          spread: ({ shape, ...given }: { shape: { __typename?: string } }) =>
            JSON.stringify({ ...given, shape: { ...shape, __typename: undefined } }),
        },
        Shape: {
          __resolveType: (one: { __typename: string }) => one.__typename,
          __resolveReference: ({ id }: Reference) => shape(id),
        },
        Square: { __resolveReference: ({ id }: Reference) => square(id), tint: ({ id }: Reference) => `tint ${id}` },
        Circle: { __resolveReference: ({ id }: Reference) => circle(id) },
      },
    },
    plans: {
      sdl: `${FEDERATION}
        type Query { things2: [Thing] }
        union Thing = Door | Window
        type Window @key(fields: "id") { id: ID! room: Room }
        type Room @key(fields: "id") { id: ID! one: Int @external two: Int @requires(fields: "one") title: String @shareable
          shape: Shape size: Size @shareable }
        type Size @shareable { w: Int h: Int }
        type Door @key(fields: "from { id } to") { from: Room to: String locked: Boolean }
        type Shape @key(fields: "id") @interfaceObject { id: ID! side: Int @external area: Int @requires(fields: "side") inside: Room }`,
      resolvers: {
        Query: {
          things2: () => [
            { __typename: 'Window', id: 'w', room: room('2') },
            { __typename: 'Door', from: room('2'), to: 'up' },
          ],
        },
        Room: {
          ...reference,
          two: ({ one }: { one: number }) => one * 10,
          title: ({ id }: Reference) => `room ${id}`,
          shape: ({ id }: Reference) => ({ id: id === '1' ? 's4' : 'c5' }),
          size: ({ id }: Reference) => ({ w: Number(id), h: 7 }),
        },
        Door: { ...reference, locked: ({ to }: { to: string }) => to === 'east' },
        Shape: {
          ...reference,
          area: ({ side }: { side: number }) => side * side,
          inside: ({ id }: Reference) => (id === 's3' ? room('1') : null),
        },
      },
    },
    views: {
      sdl: `${FEDERATION}
        type Window @key(fields: "id") { id: ID! view: String lights: [[Light!]] }
        type Light { watts: Int! room: Room }
        type Room @key(fields: "id") { id: ID! two: Int @external five: String @requires(fields: "two title") title: String @external lights: [Light!] }
        type Shape @key(fields: "id") @interfaceObject { id: ID! shade: String }`,
      resolvers: {
        Window: {
          ...reference,
          view: ({ id }: Reference) => `view of ${id}`,
          lights: () => [
            [{ watts: 1, room: room('1') }],
            null,
            [
              { watts: 2, room: room('2') },
              { watts: 3, room: null },
            ],
          ],
        },
        Room: {
          ...reference,
          five: ({ two, title }: { two: number; title: string }) => `${title}: ${two}`,
          lights: ({ id }: Reference) => [{ watts: Number(id), room: room(id) }],
        },
        Shape: {
          ...reference,
          shade: ({ id }: Reference) => `shade ${id}`,
        },
      },
    },
  },
  operations: [
    { name: 'a chain of requirements', query: '{ rooms { five } }' },
    { name: 'every link of the chain', query: '{ rooms { one two three five title twin { five two } } }' },
    { name: 'a requirement with an interface and a value type', query: '{ rooms { spread } }' },
    {
      name: 'the required parts beside it',
      query: '{ rooms { size { h } shape { id ... on Square { tint } } spread shape { area } } }',
    },
    { name: 'requirements of interface objects', query: '{ shapes { __typename area shade } }' },
    {
      name: 'from an interface object to entities and back',
      query: '{ shapes { inside { shape { area side } } ... on Square { tint } } }',
    },
    {
      name: 'unions that differ',
      query:
        '{ things { ...T } things2 { ...T } } fragment T on Thing { __typename ... on Room { two } ... on Door { to locked from { id title } } ... on Window { view room { two } } }',
    },
    { name: 'keys with entities in them', query: '{ rooms { doors { to from { two } } } }' },
    {
      name: 'lists of lists in the middle of a path',
      query: '{ things2 { ... on Window { lights { watts room { title lights { watts room { three } } } } } } }',
    },
    { name: 'a provided field of the root', query: '{ hall { title id } }' },
    {
      name: 'a requirement that a condition leaves out, beside one that stays',
      query: 'query ($no: Boolean = true) { rooms { ... @skip(if: $no) { five } ... @include(if: $no) { spread } } }',
    },
    {
      name: 'a requirement below conditions',
      query:
        'query ($no: Boolean = true) { rooms { ... @include(if: $no) { ... @skip(if: $no) { three } id } ... @include(if: $no) { two } } }',
    },
    {
      name: 'conditions on the members of a union',
      query:
        'query ($no: Boolean = true) { things { ... on Room @skip(if: $no) { five } ... on Door @include(if: $no) { locked } ... on Room { two } } }',
    },
  ],
};
