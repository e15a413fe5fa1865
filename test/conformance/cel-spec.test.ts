import type { Type as SpecType } from '@bufbuild/cel-spec/cel/expr/checked_pb.js';
import type { SimpleTest } from '@bufbuild/cel-spec/cel/expr/conformance/test/simple_pb.js';
import type { Value as SpecValue } from '@bufbuild/cel-spec/cel/expr/value_pb.js';
import { getConformanceSuite, type IncrementalTestSuite } from '@bufbuild/cel-spec/testdata/tests.js';
import { compileNode } from '../../gateway/expressions/compile';
import { COST_MAX, compileExpression } from '../../gateway/expressions/compile-expression';
import { Frame } from '../../gateway/expressions/frame';
import { STANDARD_FUNCTIONS } from '../../gateway/expressions/functions/registry';
import { parseExpression } from '../../gateway/expressions/parse';
import { resolveNames } from '../../gateway/expressions/resolve';
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  NULL,
  optionalOf,
  printType,
  STRING,
  TIMESTAMP,
  TYPE,
  type Type,
  UINT,
} from '../../gateway/expressions/types';
import {
  Duration,
  EvaluationError,
  entryOf,
  isMap,
  keysOf,
  MadeMap,
  Optional,
  Timestamp,
  TypeValue,
  Uint,
} from '../../gateway/expressions/values';

interface Case {
  readonly section: string;
  readonly group: string;
  readonly test: SimpleTest;
}

function casesOf(suite: IncrementalTestSuite, path: readonly string[] = []): Case[] {
  const [section = '', ...group] = path;
  const own = suite.tests.map(({ original }) => ({ section, group: group.join('/'), test: original }));
  return [...own, ...suite.suites.flatMap((inner) => casesOf(inner, [...path, inner.name]))];
}

/** Groups that are left out as a whole, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'block_ext/basic': 'what an optimizer writes, not people',
  'math_ext/': 'a library of functions that rules of a gateway have not asked for',
  'string_ext/format': 'a language of its own; + and string() do',
  'string_ext/format_errors': 'as format',
};
/** Messages of protocol buffers: a gateway for JSON and HTTP has none. */
const MESSAGES =
  /TestAllTypes|NestedTestAllTypes|GlobalEnum|NullValue|proto\.(?:has|get)Ext|google\.protobuf\.(?!Timestamp\b|Duration\b)|cel\.expr\b|expr\.conformance|\bValue\{/;

function whyLeftOut({ section, group, test }: Case): string | null {
  const named = Object.entries(LEFT_OUT).find(([prefix]) =>
    prefix.endsWith('/') ? `${section}/`.startsWith(prefix) : `${section}/${group}` === prefix,
  );
  if (named !== undefined) return named[1];
  const given = JSON.stringify([test.bindings, test.typeEnv], plain);
  if (MESSAGES.test(test.expr) || messagesIn(given)) return 'messages';
  if (test.typeEnv.some(({ declKind }) => declKind.case === 'function')) return 'functions without an implementation';
  return test.container === '' ? null : 'containers (prefixes for names of messages)';
}

/** Timestamps and durations apart, which are values of the language. */
function messagesIn(bindings: string): boolean {
  const names = bindings.matchAll(/type\.googleapis\.com\/([\w.]+)/g);
  return (
    /"enumValue"|"messageType","value":"(?!google\.protobuf\.Duration")|"wrapper"/.test(bindings) ||
    [...names].some(([, name]) => name !== TIMESTAMP_NAME && name !== DURATION_NAME)
  );
}

const TIMESTAMP_NAME = 'google.protobuf.Timestamp';
const DURATION_NAME = 'google.protobuf.Duration';

function plain(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

/** A value of the data as the caller of an expression would give it. */
function readValue({ kind }: SpecValue): unknown {
  switch (kind.case) {
    case 'nullValue':
      return null;
    case 'uint64Value':
      return new Uint(kind.value);
    case 'listValue':
      return kind.value.values.map(readValue);
    case 'mapValue':
      return kind.value.entries.reduce((map, { key, value }) => {
        if (key !== undefined && value !== undefined) map.set(readValue(key), readValue(value));
        return map;
      }, new MadeMap());
    case 'objectValue':
      return readTime(kind.value);
    case 'typeValue':
      return new TypeValue(kind.value);
    default:
      return kind.value;
  }
}

/** Timestamps and durations are messages of two varints: seconds and nanoseconds. */
function readTime({ typeUrl, value }: { readonly typeUrl: string; readonly value: Uint8Array }): unknown {
  const fields = [0n, 0n, 0n];
  for (let at = 0; at < value.length; ) {
    const field = (value[at++] ?? 0) >> 3;
    let shift = 0n;
    for (let byte = 0x80; byte & 0x80; shift += 7n) {
      byte = value[at++] ?? 0;
      fields[field] = (fields[field] ?? 0n) | (BigInt(byte & 0x7f) << shift);
    }
  }
  const [, seconds = 0n, nanos = 0n] = fields.map((field) => BigInt.asIntN(64, field));
  const total = seconds * 1_000_000_000n + nanos;
  return typeUrl.endsWith('Timestamp') ? new Timestamp(total) : new Duration(total);
}

const PRIMITIVES = [DYN, BOOL, INT, UINT, DOUBLE, STRING, BYTES];

function readType(type: SpecType | undefined): Type {
  const kind = type?.typeKind;
  switch (kind?.case) {
    case 'primitive':
      return PRIMITIVES[kind.value] ?? DYN;
    case 'null':
      return NULL;
    case 'type':
      return TYPE;
    case 'wellKnown':
      return kind.value === 2 ? TIMESTAMP : kind.value === 3 ? DURATION : DYN;
    case 'listType':
      return listOf(readType(kind.value.elemType));
    case 'mapType':
      return mapOf(readType(kind.value.keyType), readType(kind.value.valueType));
    case 'abstractType':
      return optionalOf(readType(kind.value.parameterTypes[0]));
    default:
      return DYN;
  }
}

/** Kind and worth of a value as a text, maps in order of their keys. */
function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number') return `${Object.is(value, -0) ? 0 : value}.`;
  if (value instanceof Uint) return `${value.value}u`;
  if (value instanceof Uint8Array) return `b${Buffer.from(value).toString('hex')}`;
  if (value instanceof Timestamp) return `at ${value.nanos}`;
  if (value instanceof Duration) return `for ${value.nanos}`;
  if (value instanceof TypeValue) return `type ${value.name}`;
  if (value instanceof Optional) return `optional ${value.value === undefined ? '' : show(value.value)}`;
  if (value instanceof EvaluationError) return `error: ${value}`;
  if (Array.isArray(value)) return `[${value.map(show).join()}]`;
  if (!isMap(value)) return String(value);
  return `{${keysOf(value)
    .map((key) => `${show(key)}:${show(entryOf(value, key))}`)
    .sort()
    .join()}}`;
}

/** What the language says of an expression that nobody has checked. */
function evaluateUnchecked({ expr, disableMacros }: SimpleTest, values: Readonly<Record<string, unknown>>): unknown {
  const functions = STANDARD_FUNCTIONS;
  const root = parseExpression(expr, { namespaced: (name) => functions.has(name), macros: !disableMacros });
  const resolved = resolveNames(root, (name) => name in values);
  return compileNode(root, { resolved, types: new Map(), functions })(new Frame(values, 0, COST_MAX));
}

function evaluate(test: SimpleTest): { readonly value: unknown; readonly type: string | null } {
  const values = Object.fromEntries(
    Object.entries(test.bindings).map(([name, { kind }]) => [
      name,
      kind.case === 'value' ? readValue(kind.value) : null,
    ]),
  );
  if (test.disableCheck || test.disableMacros) return { value: evaluateUnchecked(test, values), type: null };
  const declared = test.typeEnv.flatMap(({ name, declKind }): [string, Type][] =>
    declKind.case === 'ident' ? [[name, readType(declKind.value.type)]] : [],
  );
  const undeclared = Object.keys(values).map((name): [string, Type] => [name, DYN]);
  const variables = Object.fromEntries([...undeclared, ...declared]);
  const expression = compileExpression(test.expr, { where: 'test', variables });
  return { value: test.checkOnly ? null : expression.evaluate(values), type: printType(expression.type) };
}

/** Null when a test passes, otherwise what came instead. */
function failureOf(test: SimpleTest): string | null {
  const { case: kind, value: wanted } = test.resultMatcher;
  let found: ReturnType<typeof evaluate>;
  try {
    found = evaluate(test);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  if (kind === 'evalError' || kind === 'anyEvalErrors')
    return found.value instanceof EvaluationError ? null : show(found.value);
  if (kind === 'typedResult') {
    const type = printType(readType(wanted.deducedType));
    if (found.type !== type) return `${found.type}, not ${type}`;
    return test.checkOnly || wanted.result === undefined ? null : unlike(found.value, readValue(wanted.result));
  }
  return unlike(found.value, kind === 'value' ? readValue(wanted) : true);
}

function unlike(found: unknown, wanted: unknown): string | null {
  return show(found) === show(wanted) ? null : `${show(found)}, not ${show(wanted)}`;
}

/** Tests of each section: how many are run, all of which pass, and how many are left out. */
const COUNTS: Readonly<Record<string, readonly [run: number, leftOut: number]>> = {
  basic: [43, 0],
  bindings_ext: [5, 0],
  block_ext: [0, 37],
  comparisons: [334, 72],
  conversions: [109, 0],
  dynamic: [0, 226],
  encoders_ext: [4, 0],
  enums: [0, 85],
  fields: [60, 0],
  fp_math: [30, 0],
  integer_math: [64, 0],
  lists: [39, 0],
  logic: [30, 0],
  macros: [44, 0],
  macros2: [46, 0],
  math_ext: [0, 199],
  namespace: [1, 2],
  optionals: [59, 11],
  parse: [193, 26],
  plumbing: [5, 0],
  proto2: [0, 108],
  proto2_ext: [0, 18],
  proto3: [0, 75],
  string: [51, 0],
  string_ext: [117, 92],
  timestamps: [76, 0],
  type_deductions: [21, 26],
  wrappers: [0, 36],
};

describe('the conformance tests of the Common Expression Language', () => {
  const cases = casesOf(getConformanceSuite());
  const run = cases.filter((one) => whyLeftOut(one) === null);

  it('are those that are counted here', () => {
    const sections = [...new Set(cases.map(({ section }) => section))];
    const counts = sections.map((name) => {
      const here = cases.filter(({ section }) => section === name);
      const left = here.filter((one) => whyLeftOut(one) !== null).length;
      return [name, [here.length - left, left]];
    });
    expect(Object.fromEntries(counts)).toEqual(COUNTS);
  });

  it.each([...new Set(run.map(({ section }) => section))])('pass: %s', (name) => {
    const failures = run
      .filter(({ section }) => section === name)
      .flatMap(({ group, test }) => {
        const failure = failureOf(test);
        return failure === null ? [] : [`${group}/${test.name}: ${test.expr}\n  ${failure}`];
      });
    expect(failures).toEqual([]);
  });
});
