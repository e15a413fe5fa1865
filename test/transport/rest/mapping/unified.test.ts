import type { Json } from '../../../../gateway/transport/rest/json';
import { LaterFeatureError, MappingSyntaxError } from '../../../../gateway/transport/rest/mapping/cursor';
import { readMapping } from '../../../../gateway/transport/rest/mapping/mapping';
import type { ConnectVersion } from '../../../../gateway/transport/rest/mapping/versions';

const map = (text: string, data: Json | undefined, version: ConnectVersion = 'v0.4') =>
  readMapping(text, { missing: 'omit', version }).run(data, { $args: { id: 7, name: 'Ann' } });

const MEDIA = {
  kind: 'book',
  id: 1,
  pages: 120,
  minutes: 90,
  Book: 'a property',
  true: 'another',
  null: 'a third',
  'first name': 'Ann',
  nothing: null,
  rows: [{ a: 1 }, { a: 2 }],
  inner: { a: 1, b: 2, c: 3 },
};

const ARMS = '["book", { __typename: "Book", pages: pages }], ["movie", { __typename: "Movie", minutes }]';

describe('the language of connect v0.4', () => {
  it.each<[string, Json | undefined]>([
    // Literals where a value may stand.
    ['kind: "Film"', { kind: 'Film' }],
    [
      'a: 5 b: -1.5 c: .5 d: 1e3 e: true f: false g: null',
      { a: 5, b: -1.5, c: 0.5, d: 1000, e: true, f: false, g: null },
    ],
    ['a: [1, kind, [], {}]', { a: [1, 'book', [], {}] }],
    ['a: { "b": 1, c: [true] }', { a: { b: 1, c: [true] } }],
    ['a: "a,b"->split(",")', { a: ['a', 'b'] }],
    ['a: [3, 4]->first', { a: 3 }],
    ['a: { x: 1 }->entries', { a: [{ key: 'x', value: 1 }] }],
    ['a: $."Book" b: $(true)', { a: 'a property', b: true }],
    // Any JSON is what it is.
    ['5', 5],
    ['"text"', 'text'],
    ['null', null],
    ['[1, "x", null]', [1, 'x', null]],
    ['{ "a": { "b": [1, 2] }, "c": "\\u0041\\n" }', { a: { b: [1, 2] }, c: 'A\n' }],
    ['{}', {}],
    // Names where a field may stand.
    ['id "first name"', { id: 1, 'first name': 'Ann' }],
    ['id true null', { id: 1, true: 'another', null: 'a third' }],
    ['a: { Book null }', { a: { Book: 'a property', null: 'a third' } }],
    ['"inner" { a }', { inner: { a: 1 } }],
    ['id', { id: 1 }],
    // Commas or spaces.
    ['id, kind', { id: 1, kind: 'book' }],
    ['id, kind,', { id: 1, kind: 'book' }],
    ['inner { a, b }', { inner: { a: 1, b: 2 } }],
    ['a: { id kind }', { a: { id: 1, kind: 'book' } }],
    // Operators.
    ['a: gone ?? "x"', { a: 'x' }],
    ['a: gone ?? nothing ?? 3 b: id', { a: 3, b: 1 }],
    ['a: nothing ?! 3', { a: null }],
    ['gone ?? id', 1],
    // Spreads.
    ['id ...inner', { id: 1, a: 1, b: 2, c: 3 }],
    ['id ... $.inner { a b }', { id: 1, a: 1, b: 2 }],
    ['...inner a: 9', { a: 9, b: 2, c: 3 }],
    ['a: 9 ...inner', { a: 1, b: 2, c: 3 }],
    ['id ... gone', { id: 1 }],
    ['id ... nothing', null],
    ['id ... kind', { id: 1 }],
    ['id ...{ x: 1 }', { id: 1, x: 1 }],
    ['id x: { ...inner, y: 2 }', { id: 1, x: { a: 1, b: 2, c: 3, y: 2 } }],
    [`id ... kind->match(${ARMS})`, { id: 1, __typename: 'Book', pages: 120 }],
    ['id ... ->match([@, { x: kind }])', { id: 1, x: 'book' }],
    ['... kind->match(["film", { a: 1 }], [@, $ { __typename: $("Book") pages }])', { __typename: 'Book', pages: 120 }],
    // Shorthand in objects, also in arguments.
    [
      'a: rows->map({ a: @.a, id })',
      {
        a: [
          { a: 1, id: 1 },
          { a: 2, id: 1 },
        ],
      },
    ],
    ['a: $({ id, kind })', { a: { id: 1, kind: 'book' } }],
    ['{ id: $args.id, kind: "message" }', { id: 7, kind: 'message' }],
    ['id: $args.id\nname: $args.name', { id: 7, name: 'Ann' }],
  ])('%s', (text, expected) => {
    expect(map(text, MEDIA)).toEqual(expected);
  });

  it('spreads for each element of a list', () => {
    const list = [{ kind: 'book', pages: 1 }, { kind: 'movie', minutes: 2 }, { kind: 'podcast' }];
    expect(map(`... kind->match(${ARMS})`, list)).toEqual([
      { __typename: 'Book', pages: 1 },
      { __typename: 'Movie', minutes: 2 },
      {},
    ]);
    expect(map(`kind ... kind->match(${ARMS}, [@, null])`, list)).toEqual([
      { kind: 'book', __typename: 'Book', pages: 1 },
      { kind: 'movie', __typename: 'Movie', minutes: 2 },
      null,
    ]);
  });

  it('writes null for what the data lacks in the arm that was taken', () => {
    const mapping = readMapping(`id ... kind->match(${ARMS})`, { missing: 'null', version: 'v0.4' });
    expect(mapping.run({ kind: 'book' }, {})).toEqual({ id: null, __typename: 'Book', pages: null });
  });

  it('leaves out what the data lacks where a value goes on', () => {
    const mapping = readMapping('a: { x: gone, y: id }->jsonStringify', { missing: 'null', version: 'v0.4' });
    expect(mapping.run({ id: 1 }, {})).toEqual({ a: '{"y":1}' });
  });

  it.each([
    ['a, b c', 'separated by commas', 5],
    ['a b, c', 'separated by spaces', 3],
    ['a 5', 'needs a name', 2],
    ['a b ?? c', 'needs a name', 2],
    ['a { b }.c', 'expected a value', 7],
    ['a { b ?? c } d', 'needs a name', 4],
    ['a { 5 }', 'needs a name', 4],
    ['{ a } b', 'needs a name', 0],
    ['...', 'expected a value', 3],
    ['a: ...b', 'expected a value', 3],
    ['__proto__: 1', '__proto__', 0],
    ['a ?? b ?! c', 'one chain', 7],
  ])('%j is refused', (text, message, offset) => {
    const refused = () => readMapping(text, { missing: 'omit', version: 'v0.4' });
    expect(refused).toThrow(MappingSyntaxError);
    expect(refused).toThrow(message);
    try {
      refused();
    } catch (error) {
      expect((error as MappingSyntaxError).offset).toBe(offset);
    }
  });
});

describe('what came with a later version', () => {
  it.each<[ConnectVersion, string, ConnectVersion]>([
    ['v0.3', 'id ...inner', 'v0.4'],
    ['v0.3', 'id, kind', 'v0.4'],
    ['v0.3', 'a: 5', 'v0.4'],
    ['v0.3', 'a: [1]', 'v0.4'],
    ['v0.3', '{ a: id }', 'v0.4'],
    ['v0.3', 'a: b ?? c', 'v0.4'],
    ['v0.3', 'a: $({ b })', 'v0.4'],
    ['v0.2', 'a: $(b ?? c)', 'v0.3'],
    ['v0.2', 'a: b?', 'v0.3'],
    ['v0.2', 'a: b->filter(@.x)', 'v0.3'],
    ['v0.1', 'a: b->eq(1)', 'v0.3'],
  ])('%s refuses %s', (version, text, since) => {
    const refused = () => readMapping(text, { missing: 'omit', version });
    expect(refused).toThrow(LaterFeatureError);
    try {
      refused();
    } catch (error) {
      expect((error as LaterFeatureError).since).toBe(since);
    }
  });

  it('names methods that work although the version is too early for them', () => {
    const { laterMethods, run } = readMapping('a: b->trim', { missing: 'omit', version: 'v0.3' });
    expect(laterMethods).toEqual([{ name: 'trim', offset: 6 }]);
    expect(run({ b: ' x ' }, {})).toEqual({ a: 'x' });
  });

  it.each<[string, Json, Json]>([
    ['a: "Book"', { a: 'a property' }, { a: 'Book' }],
    ['a: true', { a: 'another' }, { a: true }],
    ['a: null', { a: 'a third' }, { a: null }],
    ['a: $("Book")', { a: 'Book' }, { a: 'Book' }],
    ['a: $."Book"', { a: 'a property' }, { a: 'a property' }],
  ])('%s means one thing in v0.3 and another in v0.4, or the same', (text, before, since) => {
    expect(map(text, MEDIA, 'v0.3')).toEqual(before);
    expect(map(text, MEDIA)).toEqual(since);
  });
});
