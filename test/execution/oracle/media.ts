import { type Comparison, FEDERATION } from './comparison';

interface Reference {
  readonly __typename: string;
  readonly id: string;
}

const MEDIA = [
  { __typename: 'Book', id: 'b1', title: 'Dune', pages: 412, extras: [{ __typename: 'Disc', count: 2 }], author: 'p1' },
  {
    __typename: 'Film',
    id: 'f1',
    title: 'Alien',
    minutes: 117,
    extras: [{ __typename: 'Stream', url: 'u' }],
    author: 'p2',
  },
  { __typename: 'Book', id: 'b2', title: 'Emma', pages: null, extras: [], author: null },
  { __typename: 'Film', id: 'f2', title: 'Heat', minutes: 170, extras: null, author: 'p1' },
];
const SECRET = { __typename: 'Secret', id: 's1', title: 'Hidden' };

const medium = (id: string) => [...MEDIA, SECRET].find((one) => one.id === id) ?? null;
const person = (id: string) => ({ __typename: 'Person', id });

const authored = { author: ({ author }: { author: string | null }) => (author === null ? null : person(author)) };

const REVIEWS = [
  { id: 'r1', stars: 5, media: { id: 'b1' }, author: 'p2' },
  { id: 'r2', stars: 2, media: { id: 'f1' }, author: 'p1' },
  { id: 'r3', stars: 4, media: { id: 'b1' }, author: null },
];

/** Interfaces, unions, `@interfaceObject`, hidden types and values, requirements with fragments, `@provides`, `@override`. */
export const media: Comparison = {
  subgraphs: {
    catalog: {
      sdl: `${FEDERATION}
        type Query { media: [Media!]! featured: Media search: [Result] shelf: [[Media]] people: [Person!] mood: Mood @shareable }
        interface Media @key(fields: "id") { id: ID! title: String! author: Creator }
        type Book implements Media @key(fields: "id") { id: ID! title: String! pages: Int author: Person @provides(fields: "name") extras: [Extra] }
        type Film implements Media @key(fields: "id") { id: ID! title: String! minutes: Int author: Creator extras: [Extra] }
        type Secret implements Media @key(fields: "id") @inaccessible { id: ID! title: String! author: Creator }
        interface Creator { id: ID! }
        type Person implements Creator @key(fields: "id") { id: ID! name: String @external nickname: String @override(from: "people") }
        type Disc { count: Int }
        type Stream { url: String }
        union Extra = Disc | Stream
        union Result = Book | Film | Person
        enum Mood { CALM WILD }`,
      resolvers: {
        Query: {
          media: () => MEDIA,
          featured: () => MEDIA[1],
          search: () => [MEDIA[0], person('p2'), null, MEDIA[1]],
          shelf: () => [[MEDIA[0], null], null, [], [MEDIA[1], MEDIA[3]]],
          people: () => [person('p1'), person('p2')],
          mood: () => 'WILD',
        },
        Media: {
          __resolveType: ({ __typename }: Reference) => __typename,
          __resolveReference: ({ id }: Reference) => medium(id),
        },
        Book: { __resolveReference: ({ id }: Reference) => medium(id), ...authored },
        Film: { __resolveReference: ({ id }: Reference) => medium(id), ...authored },
        Person: {
          __resolveReference: ({ id }: Reference) => person(id),
          name: ({ id }: Reference) => `name of ${id}`,
          nickname: ({ id }: Reference) => `new nick of ${id}`,
        },
      },
    },
    reviews: {
      sdl: `${FEDERATION}
        type Query { reviews(stars: Int = 0): [Review!]! topReviewed: Media }
        type Media @key(fields: "id") @interfaceObject { id: ID! reviews: [Review!]! score: Float }
        type Review @key(fields: "id") { id: ID! stars: Int! media: Media! author: Person }
        type Person @key(fields: "id") { id: ID! reviewCount: Int! }`,
      resolvers: {
        Query: {
          reviews: (_root, { stars }: { stars: number }) => REVIEWS.filter((one) => one.stars >= stars),
          topReviewed: () => ({ id: 'b1' }),
        },
        Media: {
          __resolveReference: ({ id }: Reference) => ({ id }),
          reviews: ({ id }: Reference) => REVIEWS.filter((one) => one.media.id === id),
          score: ({ id }: Reference) => (id === 'b1' ? 4.5 : null),
        },
        Review: authored,
        Person: {
          __resolveReference: ({ id }: Reference) => ({ id }),
          reviewCount: ({ id }: Reference) => REVIEWS.filter((one) => one.author === id).length,
        },
      },
    },
    people: {
      sdl: `${FEDERATION}
        type Query { mood: Mood @shareable boss: Person }
        type Person @key(fields: "id") { id: ID! name: String @shareable nickname: String born: Int }
        enum Mood { CALM WILD }`,
      resolvers: {
        Query: { mood: () => 'WILD', boss: () => person('p2') },
        Person: {
          __resolveReference: ({ id }: Reference) => ({ id }),
          name: ({ id }: Reference) => `name of ${id}`,
          nickname: ({ id }: Reference) => `old nick of ${id}`,
          born: ({ id }: Reference) => (id === 'p1' ? 1970 : null),
        },
      },
    },
    prices: {
      sdl: `${FEDERATION}
        type Book @key(fields: "id") { id: ID! pages: Int @external extras: [Extra] @external price: Int @requires(fields: "pages") bundle: String @requires(fields: "extras { ... on Disc { count } ... on Stream { url } }") }
        type Film @key(fields: "id") { id: ID! title: String! @external minutes: Int @external price: Int @requires(fields: "minutes title") }
        type Disc { count: Int @external }
        type Stream { url: String @external }
        union Extra = Disc | Stream`,
      resolvers: {
        Book: {
          __resolveReference: (reference: object) => reference,
          price: ({ pages }: { pages: number | null }) => (pages === null ? -1 : pages * 2),
          // Stock does not say of which type an extra is.
          bundle: ({ extras }: { extras: object[] }) =>
            JSON.stringify(extras.map((one) => ({ ...one, __typename: undefined }))),
        },
        Film: {
          __resolveReference: (reference: object) => reference,
          price: ({ minutes, title }: { minutes: number; title: string }) => minutes + title.length,
        },
      },
    },
  },
  operations: [
    {
      name: 'an interface over several types',
      query: '{ media { __typename id title ... on Book { pages } ... on Film { minutes } } }',
    },
    { name: 'fields of an interface object', query: '{ media { title score reviews { stars } } }' },
    {
      name: 'an interface object at the root',
      query: '{ topReviewed { __typename id title ... on Book { pages price } score } }',
    },
    {
      name: 'an interface object without a type asked for',
      query: '{ topReviewed { id score } reviews { media { id } } }',
    },
    {
      name: 'through an interface object and back',
      query: '{ reviews(stars: 3) { stars media { title reviews { author { name reviewCount } } } } }',
    },
    {
      name: 'requirements of the members of an interface',
      query: '{ media { id ... on Book { price } ... on Film { price } } }',
    },
    {
      name: 'a requirement with fragments on a union',
      query: '{ media { ... on Book { bundle extras { __typename ... on Disc { count } } } } }',
    },
    {
      name: 'a union with entities from elsewhere',
      query: '{ search { __typename ... on Book { title score } ... on Film { price } ... on Person { born name } } }',
    },
    { name: 'lists of lists of an interface', query: '{ shelf { title score ... on Film { price } } }' },
    {
      name: 'an interface field with different types',
      query: '{ media { author { __typename id ... on Person { name born } } } }',
    },
    { name: 'a provided field', query: '{ media { ... on Book { author { name } } } }' },
    { name: 'an overridden field', query: '{ people { nickname born name } boss { nickname } }' },
    { name: 'a shared root field', query: '{ mood m: mood }' },
    {
      name: 'aliases, fragments and variables',
      query:
        'query ($stars: Int = 4) { best: reviews(stars: $stars) { ...R } all: reviews { ...R } } fragment R on Review { s: stars by: author { n: name ...P } } fragment P on Person { born n: name }',
    },
    {
      name: 'conditions that hold',
      query:
        'query ($yes: Boolean = true, $no: Boolean!) { media @include(if: $yes) { title score @skip(if: $no) } boss @skip(if: $no) { born } }',
      variables: { no: false },
    },
    {
      name: 'conditions that do not hold',
      query:
        'query ($yes: Boolean = true, $no: Boolean!) { media @include(if: $yes) { title score @skip(if: $no) } boss @skip(if: $no) { born } }',
      variables: { no: true, yes: false },
    },
    {
      name: 'an object of which nothing is left',
      query: 'query ($no: Boolean!) { boss { born @include(if: $no) } }',
      variables: { no: false },
    },
    {
      name: 'typenames everywhere',
      query: '{ __typename t: __typename media { t: __typename author { t: __typename } } boss { t: __typename } }',
    },
    {
      name: 'introspection beside data',
      query: '{ __schema { queryType { name } } boss { id } __type(name: "Mood") { enumValues { name } } }',
    },
  ],
};
