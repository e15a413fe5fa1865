import fc from 'fast-check';
import {
  isJsonArray,
  isJsonObject,
  isNumeric,
  type Json,
  sameJson,
  writeJson,
} from '../../../../gateway/transport/rest/json';
import type { Selection } from '../../../../gateway/transport/rest/mapping/ast';
import { MappingSyntaxError } from '../../../../gateway/transport/rest/mapping/cursor';
import { type Mapping, readMapping } from '../../../../gateway/transport/rest/mapping/mapping';
import { METHODS } from '../../../../gateway/transport/rest/mapping/methods/methods';
import { parseMapping } from '../../../../gateway/transport/rest/mapping/parse';
import { MappingLimitError } from '../../../../gateway/transport/rest/mapping/scope';
import { alternatives, type Shape } from '../../../../gateway/transport/rest/mapping/shape';
import { traceMapping } from '../../../../gateway/transport/rest/mapping/trace';
import { CONNECT_VERSIONS } from '../../../../gateway/transport/rest/mapping/versions';
import { printMapping } from '../../../fixtures/print-mapping';

const OPTIONS = { missing: 'omit', version: 'v0.4' } as const;
const NAMES = ['a', 'b', 'c', 'kind'];
const name = fc.constantFrom(...NAMES);
const literal = fc.oneof(
  fc.string({ maxLength: 5 }).map((text) => JSON.stringify(text)),
  fc.integer().map(String),
  fc.constantFrom('true', 'false', 'null', '1.5', '-0.25', '2e3'),
);
const METHOD_CALLS = [...METHODS.values()].map(({ name: method, arguments: { min, max } }) => ({
  method,
  min,
  max: Math.min(max, 2),
}));

/** Texts of the grammar of v0.4, of some depth. */
const { mapping } = fc.letrec<Record<'mapping' | 'item' | 'path' | 'step' | 'value' | 'braces', string>>((tie) => ({
  mapping: fc.array(tie('item'), { minLength: 1, maxLength: 4 }).map((items) => items.join(' ')),
  item: fc.oneof(
    { maxDepth: 5 },
    name,
    fc.tuple(name, tie('value')).map(([alias, value]) => `${alias}: ${value}`),
    fc.tuple(name, tie('path')).map(([alias, path]) => `${alias}: ${path}`),
    fc.tuple(tie('path'), tie('braces')).map(([path, braces]) => `${path} ${braces}`),
    tie('path').map((path) => `... ${path}`),
  ),
  braces: fc.array(tie('item'), { maxLength: 3 }).map((items) => `{ ${items.join(' ')} }`),
  path: fc
    .tuple(fc.constantFrom('$', '@', '$args', ...NAMES), fc.array(tie('step'), { maxLength: 3 }))
    .map(([start, steps]) => start + steps.join('')),
  step: fc.oneof(
    { maxDepth: 4 },
    name.map((key) => `.${key}`),
    fc.constant('?'),
    fc
      .constantFrom(...METHOD_CALLS)
      .chain(({ method, min, max }) =>
        fc.array(tie('value'), { minLength: min, maxLength: max }).map((args) => `->${method}(${args.join(', ')})`),
      ),
    fc.tuple(tie('value'), tie('value')).map(([one, other]) => `->match([${one}, ${other}], [@, ${other}])`),
    fc.tuple(tie('value'), tie('value')).map(([one, other]) => `->match([${one}, ${other}])`),
    tie('value').map((value) => `->as($x, ${value})`),
  ),
  value: fc.oneof(
    { maxDepth: 4 },
    literal,
    tie('path'),
    tie('braces'),
    fc.array(tie('value'), { maxLength: 2 }).map((items) => `[${items.join(', ')}]`),
    fc.tuple(tie('path'), fc.constantFrom('??', '?!'), tie('path')).map((parts) => `$(${parts.join(' ')})`),
  ),
}));

const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Json>(null, true, false, '', 'a', 0, 1, -2.5, 175928847299117063n),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(name, tie('json'), { maxKeys: 4 }),
  ),
}));

/** A mapping, or null where the text is none: a value beside fields without a name. */
function read(text: string): Mapping | null {
  try {
    return readMapping(text, OPTIONS);
  } catch (error) {
    if (error instanceof MappingSyntaxError) return null;
    throw error;
  }
}

/** What comes of it; the name of the limit where one ended it. */
function outcome(run: () => Json | undefined): Json | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof MappingLimitError) return `limit: ${error.message}`;
    throw error;
  }
}

function frozen<Value extends Json>(value: Value): Value {
  if (isJsonArray(value) || isJsonObject(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) frozen(inner as Json);
  }
  return value;
}

const RUNS = { numRuns: 400 };

describe('any text', () => {
  const pieces = fc.constantFrom(
    ...['{', '}', '[', ']', '(', ')', '$', '@', '->', '.', '...', '?', '??', '?!', ',', ':', '"', "'", '\\', '#', '\n'],
    ...[' ', 'a', '1', '-', 'null', 'match', 'as', '__proto__', '\ud800', '\u2028'],
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 50 }),
    fc.array(pieces, { maxLength: 60 }).map((all) => all.join('')),
  );

  it('is a mapping or says where it is none, in every version', () => {
    fc.assert(
      fc.property(texts, fc.constantFrom(...CONNECT_VERSIONS), (text, version) => {
        try {
          readMapping(text, { missing: 'null', version });
        } catch (error) {
          expect(error).toBeInstanceOf(MappingSyntaxError);
          expect((error as MappingSyntaxError).offset).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    '(',
    '[',
    '{',
    '$(',
    'a{',
    'a->map(',
    'a->match([',
    '"',
    "'",
    '.a',
    '?',
    '->first',
    '...',
    ' ',
    '#',
    '\\',
    'a ?? ',
    'a:',
    '-',
    '1',
  ])('of %j many times is read in time that grows with its length', (piece) => {
    for (const start of ['', 'a', 'x: $', '{']) {
      for (const version of CONNECT_VERSIONS) {
        try {
          readMapping(`${start}${piece.repeat(30_000 / piece.length)}`, { missing: 'omit', version });
        } catch (error) {
          expect(error).toBeInstanceOf(MappingSyntaxError);
        }
      }
    }
  });
});

it('alternatives in alternatives are looked at in time that does not double with each', () => {
  const text = `${'x: $->match([1, { a: 1 }], [@, { a: 2 }]) { '.repeat(60)}y: a${' }'.repeat(60)}`;
  expect(readMapping(text, OPTIONS).run(1, {})).toBeDefined();
});

describe('any mapping', () => {
  it('maps any data to a value or ends at a limit: the same each time, and the data stays as it is', () => {
    fc.assert(
      fc.property(mapping, json, (text, data) => {
        const known = read(text);
        if (known === null) return;
        const variables = { $args: frozen({ a: [1, { b: 2 }] }) };
        const first = outcome(() => known.run(frozen(data), variables));
        const again = outcome(() => readMapping(text, OPTIONS).run(data, variables));
        expect(first === undefined ? again === undefined : again !== undefined && sameJson(first, again)).toBe(true);
        if (first !== undefined) expect(typeof writeJson(first)).toBe('string');
      }),
      RUNS,
    );
  });

  it('is printed to a text that is the same mapping', () => {
    fc.assert(
      fc.property(mapping, (text) => {
        if (read(text) === null) return;
        const parsed = parseMapping(text, 'v0.4');
        const printed = printMapping(parsed);
        expect(withoutOffsets(parseMapping(printed, 'v0.4'))).toEqual(withoutOffsets(parsed));
      }),
      RUNS,
    );
  });

  it('gives what its shape says', () => {
    fc.assert(
      fc.property(mapping, json, (text, data) => {
        const known = read(text);
        if (known === null) return;
        const value = outcome(() => known.run(data, { $args: { a: [1, { b: 2 }] } }));
        if (typeof value === 'string' && value.startsWith('limit: ')) return;
        if (!fits(known.shape, value))
          throw new Error(`${writeJson(value ?? null)} is not of ${JSON.stringify(known.shape)}`);
      }),
      { numRuns: 1_500, seed: 52 },
    );
  });

  it('has a trace that ends at its value', () => {
    fc.assert(
      fc.property(mapping, json, (text, data) => {
        const known = read(text);
        if (known === null) return;
        const value = outcome(() => known.run(data, {}));
        const trace = traceMapping(text, OPTIONS, data, {});
        if (trace.stopped !== null) expect(value).toBe(`limit: ${trace.stopped}`);
        else expect(trace.value).toEqual(value);
      }),
      RUNS,
    );
  });

  it('that is JSON is that JSON, since v0.4', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = JSON.stringify(value);
        // A double may stand for another number than the one that it is written as.
        if (text.includes('"__proto__":') || /[0-9]{16}/.test(text)) return;
        const mapped = readMapping(text, OPTIONS).run(undefined, {});
        expect(mapped !== undefined && sameJson(mapped, JSON.parse(text) as Json)).toBe(true);
      }),
      RUNS,
    );
  });
});

describe('what grows', () => {
  const LIST: Json = Array.from({ length: 2_000 }, (_, index) => ({ id: index, rows: [{ x: 1 }, { x: 2 }] }));
  it.each([
    `x: $${'->echo([@, @])'.repeat(40)}->jsonStringify`,
    `x: $${'->echo({ a: @, b: @ })'.repeat(40)}->keysToCamelCaseDeep`,
    `x: $${'->echo([@, @])'.repeat(40)}->eq($${'->echo([@, @])'.repeat(40)})`,
    `x: $("a")${'->echo($([@, @])->joinNotNull(""))'.repeat(40)}`,
    `x: $(7)${'->mul(@)'.repeat(60)}`,
    'x: $->map($->map($.rows.x))',
    'x: $->map($->filter(@.rows->contains(@)))',
    'x: $->map($->contains(@))->map($->contains(@))->map($->contains(@))',
    'x: $->map($->jsonStringify)',
    `x: $${'->map([@, @])'.repeat(30)}`,
    `x: $${'->echo([[[[[[[[@]]]]]]]])'.repeat(900)}->jsonStringify`,
  ])('ends: %#', (text) => {
    const { run } = readMapping(text, OPTIONS);
    const value = outcome(() => run(LIST, {}));
    if (value !== undefined && !(typeof value === 'string' && value.startsWith('limit: '))) {
      expect(writeJson(value).length).toBeLessThan(10_000_000);
    }
  });
});

function withoutOffsets(selection: Selection): unknown {
  return JSON.parse(
    JSON.stringify(selection, (key, value: unknown) =>
      key === 'offset' ? undefined : typeof value === 'bigint' ? String(value) : value,
    ),
  );
}

/** Absent is possible everywhere: a method may have no result. */
function fits(shape: Shape, value: Json | undefined): boolean {
  if (value === undefined) return true;
  return alternatives(shape).some((one) => {
    switch (one.kind) {
      case 'value':
      case 'unknown':
        return true;
      case 'null':
        return value === null;
      case 'absent':
        return false;
      case 'scalar':
        return one.type === 'number' ? isNumeric(value) : typeof value === one.type;
      case 'list':
        return isJsonArray(value) && value.every((item) => item === null || fits(one.of, item));
      case 'object':
        // What is spread may be null in the data.
        if (value === null) return one.open || !one.single;
        // Of data that is a list or no object, fields give a list, or the data itself.
        if (!one.single && (!isJsonObject(value) || isJsonArray(value))) return true;
        return isJsonObject(value) && Object.entries(value).every(([key, item]) => fitsField(one, key, item));
      default:
        return false;
    }
  });
}

function fitsField(object: Extract<Shape, { kind: 'object' }>, key: string, item: Json): boolean {
  // What is spread later may give the same field.
  if (object.open) return true;
  const field = object.fields.get(key);
  return field !== undefined && fits(field.shape, item);
}
