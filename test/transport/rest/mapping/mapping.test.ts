import type { Json } from '../../../../gateway/transport/rest/json';
import { MappingSyntaxError } from '../../../../gateway/transport/rest/mapping/cursor';
import { readMapping } from '../../../../gateway/transport/rest/mapping/mapping';

const map = (text: string, data: Json | undefined, variables = {}) =>
  readMapping(text, { missing: 'omit' }).run(data, variables);

const ARTICLES = {
  author: {
    name: 'Ben',
    articles: [
      { title: 'T1', date: 'D1', byline: { place: 'P1' } },
      { title: 'T2', date: 'D2', byline: { place: 'P2' } },
    ],
  },
};

describe('selections', () => {
  it.each<[string, Json, Json | undefined]>([
    ['id name', { id: 1, name: 'n', more: 2 }, { id: 1, name: 'n' }],
    ['id', { id: 1 }, { id: 1 }],
    ['id missing', { id: 1 }, { id: 1 }],
    ['a: id', { id: 1 }, { a: 1 }],
    ['a: id b: id', { id: 1 }, { a: 1, b: 1 }],
    ['id # comment\n name', { id: 1, name: 'n' }, { id: 1, name: 'n' }],
    ['"first name": given', { given: 'A' }, { 'first name': 'A' }],
    ["given: 'first name'", { 'first name': 'A' }, { given: 'A' }],
    ['id', [{ id: 1 }, { id: 2 }], [{ id: 1 }, { id: 2 }]],
    ['$', 7, 7],
    ['$', null, null],
    ['$.a.b', { a: { b: 3 } }, 3],
    ['a.b', { a: { b: 3 } }, 3],
    ['$.a.b', { a: null }, undefined],
    ['$.a', {}, undefined],
    ['$.length', [1, 2], [null, null]],
    ['$.constructor', {}, undefined],
    ['$.__proto__', {}, undefined],
    ['a { b }', { a: { b: 1, c: 2 } }, { a: { b: 1 } }],
    ['a { b }', { a: null }, { a: null }],
    ['a { b }', {}, {}],
    ['a.x { b }', { a: { x: { b: 1 } } }, { b: 1 }],
    ['$.a { b }', { a: { b: 1 } }, { b: 1 }],
    ['$.a { b }', { a: [{ b: 1 }, { b: 2 }] }, [{ b: 1 }, { b: 2 }]],
    ['author: { id: authorID name: authorName }', { authorID: 1, authorName: 'n' }, { author: { id: 1, name: 'n' } }],
    ['friends: ids { id: $ }', { ids: [2, 3] }, { friends: [{ id: 2 }, { id: 3 }] }],
    ['friends: ids { id: $ }', { ids: [2, null] }, { friends: [{ id: 2 }, null] }],
    [
      '$.data { id name } nextCursor: meta.next_cursor',
      { data: { id: 7, name: 'n' }, meta: { next_cursor: 'c1' } },
      { id: 7, name: 'n', nextCursor: 'c1' },
    ],
    [
      'some.path { a } author { name }',
      { some: { path: { a: 'A' } }, author: { name: 'Ben' } },
      { a: 'A', author: { name: 'Ben' } },
    ],
    ['author.articles.title', ARTICLES, ['T1', 'T2']],
    ['author.articles.byline.place', ARTICLES, ['P1', 'P2']],
    ['author.articles { title }', ARTICLES, [{ title: 'T1' }, { title: 'T2' }]],
    [
      'author.articles { td: { title date } }',
      ARTICLES,
      [{ td: { title: 'T1', date: 'D1' } }, { td: { title: 'T2', date: 'D2' } }],
    ],
    ['author.articles { title name: author.name }', ARTICLES, [{ title: 'T1' }, { title: 'T2' }]],
    [
      'author->as($a).articles { title name: $a.name }',
      ARTICLES,
      [
        { title: 'T1', name: 'Ben' },
        { title: 'T2', name: 'Ben' },
      ],
    ],
    ['a.b', { a: [{ b: 1 }, {}, { b: 3 }] }, [1, null, 3]],
    ['m { a }', { m: [[{ a: 1 }], [{ a: 2 }]] }, { m: [[{ a: 1 }], [{ a: 2 }]] }],
  ])('%s', (text, data, expected) => {
    expect(map(text, data)).toEqual(expected);
  });

  it('writes null for what is missing when told to', () => {
    const mapping = readMapping('id a { b } c: d.e', { missing: 'null' });
    expect(mapping.run({ a: {} }, {})).toEqual({ id: null, a: { b: null }, c: null });
  });

  it('does not let data set a prototype', () => {
    const data: Json = JSON.parse('{"a": {"b": {"__proto__": {"admin": true}, "x": 1}}}');
    const mapped = map('$.a { $.b } y: a.b.x', data) as Record<string, unknown>;
    expect(mapped.admin).toBeUndefined();
    expect(Object.getPrototypeOf(mapped)).toBe(Object.prototype);
  });
});

describe('literals and variables', () => {
  it.each<[string, Json, Json | undefined]>([
    ['hello: $("world") n: $(42) t: $(true) z: $(null)', {}, { hello: 'world', n: 42, t: true, z: null }],
    ['$({ a: 1, b: [1, 2.5, "x"], c: { d: null, }, })', {}, { a: 1, b: [1, 2.5, 'x'], c: { d: null } }],
    ['$([])', {}, []],
    ['$(-1.5)', {}, -1.5],
    ['$(.5)', {}, 0.5],
    ["$('it\\'s')", {}, "it's"],
    ['$("a\\"b")', {}, 'a"b'],
    ['names: $([$args.name, results->first.name])', { results: [{ name: 'Bob' }] }, { names: ['Alice', 'Bob'] }],
    ['$args { handle: name }', {}, { handle: 'Alice' }],
    ['user: $args { handle: name }', {}, { user: { handle: 'Alice' } }],
    ['$([$.a, $.missing])', { a: 1 }, [1, null]],
    ['$({ a: $.missing, b: $.b })', { b: 1 }, { b: 1 }],
    ['$args.missing', {}, undefined],
    ['a: "Book"', { Book: 'property' }, { a: 'property' }],
    ['a: true', { true: 'property' }, { a: 'property' }],
    ['$(175928847299117063)', {}, 175928847299117063n],
  ])('%s', (text, data, expected) => {
    expect(map(text, data, { $args: { name: 'Alice' } })).toEqual(expected);
  });
});

describe('absence', () => {
  const DATA = { person: { name: 'Ben' }, size: null, n: 27, zero: 0, empty: '' };

  it.each<[string, Json | undefined]>([
    ['x: $.nobody?.absent', {}],
    ['x: size?->jsonStringify', {}],
    ['x: size->jsonStringify', { x: 'null' }],
    ['x: n?->jsonStringify', { x: '27' }],
    ['x: $($.nobody.absent ?? "fb")', { x: 'fb' }],
    ['x: $($.size ?? "fb")', { x: 'fb' }],
    ['x: $($.size ?! "fb")', { x: null }],
    ['x: $($.gone ?! "fb")', { x: 'fb' }],
    ['x: $($.zero ?? 1) y: $($.empty ?? "fb")', { x: 0, y: '' }],
    ['x: $(a ?? b ?? n ?? null)', { x: 27 }],
    ['x: $(a ?? b)', {}],
    ['x: $(size ?? a)', {}],
    ['x: $(a ?? size)', { x: null }],
    ['x: $($(a ?? size) ?! "c")', { x: null }],
    ['x: $(size?->jsonStringify ?? null)', { x: null }],
    ['x: person.absent?', {}],
    ['size?', {}],
    ['n?', { n: 27 }],
    ['x: missing->echo(1)', {}],
    ['x: n->echo($.missing)', {}],
    ['x: $(hobbies ?? []) { kind }', { x: [] }],
    ['x: $(hobbies ?! [{ kind: "other" }]).kind', { x: ['other'] }],
  ])('%s', (text, expected) => {
    expect(map(text, DATA)).toEqual(expected);
  });
});

describe('syntax', () => {
  it.each([
    ['', 'empty', 0],
    ['id,name', 'commas', 2],
    ['id {', 'no closing', 4],
    ['a b }', 'expected a field', 4],
    ['...x', 'a spread', 0],
    ['a: 5', 'a number without `$( )` as a value for `a` came with connect v0.4; before, write `$(5)`', 3],
    ['a: [1]', 'write `$([ … ])`', 3],
    ['a: $.x ?? "d"', '`??` outside of `$( )` came with connect v0.4', 7],
    ['id a.b', 'needs a name', 3],
    ['id x->first', 'needs a name', 3],
    ['{ a: 1 }', 'write `$({ … })`', 0],
    ['$(a ?? b ?! c)', 'one chain', 9],
    ['x: $("a', 'no closing quote', 5],
    ['x: a->', 'expected a method', 6],
    ['x: a->nope', 'unknown method `->nope`', 6],
    ['x: a->jsonStringfy', 'did you mean `->jsonStringify`?', 6],
    [`x: a${'.b'.repeat(1_001)}`, 'more than 1000 steps', 2004],
    [`a${' '.repeat(100_000)}`, 'at most 100000 characters', 100_000],
    [`x: $(${'1'.repeat(1_001)})`, 'at most 1000 characters', 1006],
    ['__proto__', '__proto__', 0],
    ['a { __proto__ { b } }', '__proto__', 4],
    ['x: a->first(1)', 'takes 0 arguments', 6],
    ['x: a->slice(1,2,3)', 'takes 0 to 2 arguments', 6],
    ['x: a->match(1)', 'takes pairs', 6],
    ['x: a->as(1)', 'takes a variable', 6],
    ['x: $({ a })', 'write `a: a`', 7],
    ['x: $({ a 1 })', 'name: value', 7],
    ['x: $({ ...a })', 'a spread', 7],
    ['x: $({ a: 1 b: 2 })', 'comma', 12],
    ['a.: b', 'expected a name', 2],
    ['__proto__: id', '__proto__', 0],
    [`x: ${'$('.repeat(100)}1${')'.repeat(100)}`, 'nested deeper', 132],
  ])('%j is refused', (text, message, offset) => {
    const refused = () => readMapping(text, { missing: 'omit' });
    expect(refused).toThrow(MappingSyntaxError);
    expect(refused).toThrow(message);
    try {
      refused();
    } catch (error) {
      expect((error as MappingSyntaxError).offset).toBe(offset);
    }
  });
});

describe('limits', () => {
  it('stop a mapping that fans out', () => {
    const data = Array.from({ length: 200 }, (_, index) => index);
    expect(() => map('$->map($->map($->map($)))', data)).toThrow('steps');
  });

  it('stop a string that grows', () => {
    const text = `x: $${'->echo($([@, @, @, @, @, @, @, @, @, @])->joinNotNull(""))'.repeat(9)}`;
    expect(() => map(text, 'ab')).toThrow('characters');
  });
});

describe('references', () => {
  it('list what a mapping reads from variables', () => {
    const { references, dataOffset } = readMapping(
      'items: $batch { id store_id: store.id } n: $args.a->map($this.b.c) x: $env.KEY?->as($k)->echo($k)',
      { missing: 'omit' },
    );
    expect(references.map(({ variable, keys }) => [variable, ...keys].join('.'))).toEqual([
      '$batch.id',
      '$batch.store.id',
      '$args.a',
      '$this.b.c',
      '$env.KEY',
    ]);
    expect(dataOffset).toBeNull();
    expect(readMapping('a: $args.x b', { missing: 'omit' }).dataOffset).toBe(11);
  });
});
