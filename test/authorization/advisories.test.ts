import { parse } from 'graphql';
import { composeSubgraphs } from '../../gateway/supergraph/compose';
import { readRequirements } from '../../gateway/supergraph/read-requirements';
import { type GuardedFederation, startGuarded } from '../fixtures/guarded-federation';

const NAMES = '"@key", "@external", "@requires", "@shareable", "@context", "@fromContext"';
const link = (more: string) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.11", import: [${NAMES}, ${more}])`;
const LINK = link('"@authenticated", "@requiresScopes", "@policy"');

const compose = (...sdls: string[]) =>
  composeSubgraphs(sdls.map((sdl, at) => ({ name: `s${at}`, url: `http://s${at}.invalid`, sdl })));
const problems = (...sdls: string[]) => compose(...sdls).then(() => [], codesOf);
const codesOf = (error: { details?: { problems?: readonly { code: string }[] } }) =>
  (error.details?.problems ?? []).map(({ code }) => code);

/** What each place of a supergraph requires, in words. */
function read(sdl: string) {
  const { all, ofTypes, ofFields } = readRequirements(parse(sdl)) ?? { all: [], ofTypes: [], ofFields: [] };
  const words = (indexes: readonly number[]) =>
    indexes.map((at) => `${all[at]?.kind} ${(all[at]?.anyOf ?? []).map((names) => names.join('&')).join('|')}`.trim());
  return Object.fromEntries([...ofTypes, ...ofFields].map(([place, indexes]) => [place, words(indexes)]));
}

const STOCK = {
  sdl: `${LINK}
    type Query { product: Product things: [Thing] }
    type Product @key(fields: "upc") { upc: ID! weight: Int }
    interface Thing { id: ID! title: String }
    type Open implements Thing { id: ID! title: String }
    type Other implements Thing { id: ID! title: String }
  `,
  resolvers: {
    Query: {
      product: () => ({ upc: 'p', weight: 7 }),
      things: () => [
        { __typename: 'Open', id: 'o', title: 'open' },
        { __typename: 'Other', id: 'x', title: 'other' },
      ],
    },
    Product: { __resolveReference: ({ upc }: { upc: string }) => ({ upc, weight: 7 }) },
  },
};

const SHIPPING = {
  sdl: `${LINK}
    type Product @key(fields: "upc") { upc: ID! weight: Int @external cost: Int @requires(fields: "weight") plain: Int }
  `,
  resolvers: {
    Product: {
      __resolveReference: (product: object) => product,
      cost: ({ weight }: { weight: number }) => weight * 100,
      plain: () => 1,
    },
  },
};

const SECURITY = (...specs: string[]) =>
  specs.map((spec) => `@link(url: "https://specs.apollo.dev/${spec}/v0.1", for: SECURITY)`).join(' ');

/** Puts directives into a supergraph behind a text, as older versions of composition let them be. */
function altered(changes: Readonly<Record<string, string>>) {
  return (sdl: string) => {
    let changed = sdl.replace(/^schema/, `schema ${SECURITY('authenticated', 'requiresScopes')}`);
    for (const [place, directive] of Object.entries(changes)) {
      const next = changed.replace(place, `${place} ${directive}`);
      if (next === changed) throw new Error(`the supergraph has no "${place}"`);
      changed = next;
    }
    return `${changed}
      directive @authenticated on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM
      directive @requiresScopes(scopes: [[requiresScopes__Scope!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM
      scalar requiresScopes__Scope`;
  };
}

describe('advisories about authorization', () => {
  let federation: GuardedFederation | undefined;
  afterEach(async () => {
    await federation?.close();
    federation = undefined;
  });

  it('GHSA-mx7m-j9xf-62hw: fragments do not go round what is written on an interface', async () => {
    const onField = STOCK.sdl.replace('interface Thing { id: ID!', 'interface Thing { id: ID! @authenticated');
    const onType = STOCK.sdl.replace('interface Thing', 'interface Thing @authenticated');
    expect(await problems(onField)).toEqual(['AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE']);
    expect(await problems(onType)).toEqual(['AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE']);
    const alter = (sdl: string) =>
      altered({})(sdl.replace(/(interface Thing[^}]*title: String)/, '$1 @requiresScopes(scopes: [["title"]])'));
    federation = await startGuarded({ stock: STOCK, shipping: SHIPPING }, { alter });
    const query = '{ things { id ... on Open { title } ...O } } fragment O on Other { title }';
    const { data, errors } = await federation.ask(query, { scopes: [] });
    expect(data).toEqual({
      things: [
        { id: 'o', title: null },
        { id: 'x', title: null },
      ],
    });
    expect(errors).toHaveLength(2);
    expect(JSON.stringify(federation.askedOfAll())).not.toContain('title');
    expect((await federation.ask(query, { scopes: ['title'] })).errors).toBeUndefined();
  });

  it('GHSA-m8jr-fxqx-8xx6: a field that is made of others requires what they do', async () => {
    const weight = STOCK.sdl.replace('weight: Int', 'weight: Int @authenticated');
    expect(await problems(weight, SHIPPING.sdl)).toEqual(['MISSING_TRANSITIVE_AUTH_REQUIREMENTS']);
    const alter = (sdl: string) => altered({})(sdl.replace('weight: Int', 'weight: Int @authenticated'));
    federation = await startGuarded({ stock: STOCK, shipping: SHIPPING }, { alter });
    const query = '{ product { cost plain } }';
    expect(await federation.ask(query)).toMatchObject({ data: { product: { cost: null, plain: 1 } } });
    expect(JSON.stringify(federation.askedOfAll())).not.toMatch(/weight|cost/);
    expect((await federation.ask(query, { scopes: [] })).data).toEqual({ product: { cost: 700, plain: 1 } });
  });

  it('GHSA-m8jr-fxqx-8xx6: and so does one with arguments from a context', async () => {
    const context = `${LINK}
      type Query { user: User }
      type User @key(fields: "id") @context(name: "user") { id: ID! region: String! order: Order }
      type Order @key(fields: "id") { id: ID! total(region: String @fromContext(field: "$user { region }")): Int }`;
    const base = `${LINK} type Query { plain: Int } type Order @key(fields: "id") { id: ID! other: Int }`;
    expect(await problems(context.replace('region: String!', 'region: String! @authenticated'), base)).toEqual([
      'MISSING_TRANSITIVE_AUTH_REQUIREMENTS',
    ]);
    const { sdl } = await compose(context, base);
    const protectedSdl = altered({})(sdl.replace('region: String!', 'region: String! @authenticated'));
    expect(read(protectedSdl)).toEqual({ 'User.region': ['authenticated'], 'Order.total': ['authenticated'] });
  });

  it('GHSA-x33c-7c2v-mrj9: types of an interface with different rules', async () => {
    const { sdl } = await compose(`${LINK}
      type Query { things: [Thing] mine: Mine }
      interface Thing { id: ID! }
      type A implements Thing { id: ID! @requiresScopes(scopes: [["a"]]) }
      type B implements Thing @authenticated { id: ID! @requiresScopes(scopes: [["b"], ["c"]]) }
      type Mine implements Thing { id: ID! }`);
    expect(read(sdl)).toEqual({
      'A.id': ['scopes a'],
      B: ['authenticated'],
      'B.id': ['scopes b|c'],
      Thing: ['authenticated'],
      'Thing.id': ['scopes a&b|a&c'],
    });
  });

  it.each([
    ['authenticated', '', ['authenticated']],
    ['requiresScopes', '(scopes: [["x"]])', ['scopes x']],
    ['policy', '(policies: [["x"], ["y", "z"]])', ['policies x|y&z']],
  ])('GHSA-g8jh-vg5j-4h3f: @%s by another name', async (name, given, expected) => {
    const field = (directive: string) => `type Query { open: Int it: Int @${directive}${given} }`;
    const plain = await compose(`${link(`"@${name}"`)} ${field(name)}`);
    const renamed = await compose(`${link(`{ name: "@${name}", as: "@mine" }`)} ${field('mine')}`);
    const unimported = await compose(`${link('"@tag"')} ${field(`federation__${name}`)}`);
    const spec = `https://specs.apollo.dev/${name}/v0.1`;
    // By its namespace: composition does not write that.
    const prefixed = plain.sdl
      .replace(`@link(url: "${spec}"`, `@link(url: "${spec}", as: "own"`)
      .replaceAll(`@${name}`, '@own');
    const qualified = plain.sdl
      .replace(`@link(url: "${spec}"`, `@link(url: "${spec}", as: "own"`)
      .replaceAll(`@${name}`, `@own__${name}`);
    for (const sdl of [plain.sdl, renamed.sdl, unimported.sdl, prefixed, qualified])
      expect(read(sdl)).toEqual({ 'Query.it': expected });
  });

  it('CVE-2025-27097: what one client was given is not given to another who asks at the same time', async () => {
    const product = STOCK.sdl.replace('weight: Int', 'weight: Int @requiresScopes(scopes: [["w"]])');
    const guarded = await startGuarded({ stock: { ...STOCK, sdl: product } });
    federation = guarded;
    const query = '{ product { upc weight } }';
    const askers = Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? ['w', `${at}`] : [`${at}`]));
    const answers = await Promise.all(askers.map((scopes) => guarded.ask(query, { scopes })));
    const weights = answers.map(({ data }) => JSON.stringify(data));
    expect(new Set(weights.filter((_, at) => at % 2 === 0))).toEqual(new Set(['{"product":{"upc":"p","weight":7}}']));
    expect(new Set(weights.filter((_, at) => at % 2 === 1))).toEqual(
      new Set(['{"product":{"upc":"p","weight":null}}']),
    );
  });
});

describe('requirements of a supergraph', () => {
  it('of several subgraphs have to be fulfilled together', async () => {
    const { sdl } = await compose(
      `${LINK} type Query { a: P } type P @key(fields: "id") { id: ID! f: Int @shareable @requiresScopes(scopes: [["a"]]) }`,
      `${LINK} type P @key(fields: "id") { id: ID! f: Int @shareable @authenticated @requiresScopes(scopes: [["b"], ["c"]]) }`,
    );
    expect(read(sdl)).toEqual({ 'P.f': ['scopes a&b|a&c', 'authenticated'] });
  });

  it('are none where nothing is protected', async () => {
    const { sdl } = await compose(`${LINK} type Query { a: Int }`);
    expect(readRequirements(parse(sdl))).toBeNull();
  });

  it('stand for a field that returns what is protected', async () => {
    const { sdl } = await compose(`${LINK}
      type Query { p: P m: [Money!]! e(by: E): E u: U }
      type P @authenticated { id: ID! }
      scalar Money @authenticated
      enum E @requiresScopes(scopes: [["e"]]) { X }
      union U = P`);
    expect(read(sdl)).toEqual({
      P: ['authenticated'],
      Money: ['authenticated'],
      E: ['scopes e'],
      'Query.p': ['authenticated'],
      'Query.m': ['authenticated'],
      'Query.e': ['scopes e'],
    });
  });
});
