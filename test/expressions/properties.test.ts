import fc from 'fast-check';
import { isHeadgateError } from '../../gateway/errors';
import type { Node } from '../../gateway/expressions/ast';
import { compileExpression } from '../../gateway/expressions/compile-expression';
import { parseExpression } from '../../gateway/expressions/parse';
import { DYN, INT, STRING } from '../../gateway/expressions/types';
import { EvaluationError, Uint } from '../../gateway/expressions/values';

const NAMES = ['a', 'b', 'c1', '_d', 'request'];
const OPERATORS = ['+', '-', '*', '/', '%', '<', '<=', '==', '!=', 'in'];

type Tree = Readonly<Record<string, unknown>>;
/** An expression as text, with brackets only where `tight` needs them, and what its parse has to be, without places. */
interface Written {
  readonly text: string;
  readonly tree: Tree;
  /** Binds like a name: needs no brackets. */
  readonly atom: boolean;
}

function bracketed({ text, atom }: Written): string {
  return atom ? text : `(${text})`;
}

const leaf: fc.Arbitrary<Written> = fc.oneof(
  fc.constantFrom(...NAMES).map((name) => ({ text: name, tree: { kind: 'name', name, absolute: false }, atom: true })),
  fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map((value) => constant(String(value), value)),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => constant(`${value}u`, new Uint(value))),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }).map((value) => constant(written(value), value)),
  fc.string({ unit: 'binary', maxLength: 8 }).map((text) => constant(escaped(text), text)),
  fc.constantFrom(true, false, null).map((value) => constant(String(value), value)),
);

function constant(text: string, value: unknown): Written {
  return { text, tree: { kind: 'constant', value }, atom: true };
}

/** With a point or an exponent, so that it is no integer. */
function written(value: number): string {
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function escaped(text: string): string {
  const characters = Array.from(text, (one) => `\\U${(one.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`);
  return `"${characters.join('')}"`;
}

const { expression } = fc.letrec<{ expression: Written }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.tuple(tie('expression'), fc.constantFrom(...OPERATORS), tie('expression')).map(([left, operator, right]) => ({
      text: `${bracketed(left)} ${operator} ${bracketed(right)}`,
      tree: {
        kind: 'call',
        name: operator === 'in' ? '@in' : `_${operator}_`,
        receiver: null,
        args: [left.tree, right.tree],
      },
      atom: false,
    })),
    fc.tuple(tie('expression'), tie('expression'), tie('expression')).map(([condition, consequent, alternate]) => ({
      text: `${bracketed(condition)} ? ${bracketed(consequent)} : ${alternate.text}`,
      tree: { kind: 'conditional', condition: condition.tree, consequent: consequent.tree, alternate: alternate.tree },
      atom: false,
    })),
    fc.tuple(tie('expression'), tie('expression'), fc.constantFrom('and', 'or')).map(([left, right, kind]) => ({
      text: `${bracketed(left)}${kind === 'and' ? '&&' : '||'}${bracketed(right)}`,
      tree: { kind, terms: [left.tree, right.tree] },
      atom: false,
    })),
    tie('expression').map((inner) => ({
      text: `!${bracketed(inner)}`,
      tree: { kind: 'call', name: '!_', receiver: null, args: [inner.tree] },
      atom: false,
    })),
    fc
      .tuple(tie('expression'), fc.constantFrom(...NAMES, 'as', 'if'), fc.boolean())
      .map(([operand, field, optional]) => ({
        text: `${bracketed(operand)}.${optional ? '?' : ''}${field}`,
        tree: { kind: 'select', operand: operand.tree, field, optional, test: false },
        atom: true,
      })),
    fc.tuple(tie('expression'), tie('expression'), fc.boolean()).map(([operand, index, optional]) => ({
      text: `${bracketed(operand)}[${optional ? '?' : ''} ${index.text} ]`,
      tree: { kind: 'index', operand: operand.tree, index: index.tree, optional },
      atom: true,
    })),
    fc.array(tie('expression'), { maxLength: 3 }).map((items) => ({
      text: `[${items.map(({ text }) => text).join(', ')}]`,
      tree: { kind: 'list', items: items.map(({ tree }) => ({ value: tree, optional: false })) },
      atom: true,
    })),
    fc
      .tuple(tie('expression'), fc.constantFrom('all', 'exists', 'map', 'filter'), tie('expression'))
      .map(([range, macro, body]) => ({
        text: `${bracketed(range)} . ${macro} ( x, ${body.text} )`,
        tree: { kind: 'comprehension', macro, range: range.tree, names: ['x'], filter: null, body: body.tree },
        atom: true,
      })),
    fc.tuple(tie('expression'), fc.array(tie('expression'), { maxLength: 2 })).map(([receiver, args]) => ({
      text: `${bracketed(receiver)}.f(${args.map(({ text }) => text).join()})`,
      tree: { kind: 'call', name: 'f', receiver: receiver.tree, args: args.map(({ tree }) => tree) },
      atom: true,
    })),
  ),
}));

function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== 'object' || value === null || value instanceof Uint) return value;
  const entries = Object.entries(value).filter(([key]) => key !== 'at');
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutPlaces(inner)]));
}

describe('the parser', () => {
  it('reads what was written, whatever it is', () => {
    fc.assert(
      fc.property(expression, ({ text, tree }) => {
        fc.pre(text.length < 5000);
        expect(withoutPlaces(parseExpression(text) satisfies Node)).toEqual(tree);
      }),
    );
  });
});

describe('integers', () => {
  const int = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.bigInt({ min: -100n, max: 100n }),
    fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, 2n ** 32n, -1n, 0n),
  );
  const expected: Readonly<Record<string, (a: bigint, b: bigint) => bigint | null>> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => (b === 0n ? null : a / b),
    '%': (a, b) => (b === 0n ? null : a % b),
  };

  it.each(Object.entries(expected))('%s is exact or an error', (operator, compute) => {
    const { evaluate } = compileExpression(`a ${operator} b`, { where: 'test', variables: { a: INT, b: INT } });
    fc.assert(
      fc.property(int, int, (a, b) => {
        const exact = compute(a, b);
        const found = evaluate({ a, b });
        if (exact === null || BigInt.asIntN(64, exact) !== exact) expect(found).toBeInstanceOf(EvaluationError);
        else expect(found).toBe(exact);
      }),
    );
  });
});

describe('matches', () => {
  const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
    pattern: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '^', '$', 'ab'),
      fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `${a}${b}`),
      fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `(?:${a}|${b})`),
      fc.tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{2}', '{1,2}')).map(([a, times]) => `(${a})${times}`),
    ),
  }));

  it('finds what the RegExp of JavaScript finds in short texts', () => {
    fc.assert(
      fc.property(pattern, fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 }), (source, letters) => {
        fc.pre(source.length < 60);
        const text = letters.join('');
        const { evaluate } = compileExpression(`text.matches(r"${source}")`, {
          where: 'test',
          variables: { text: STRING },
        });
        expect(evaluate({ text })).toBe(new RegExp(source).test(text));
      }),
    );
  });
});

describe('any text', () => {
  const words = fc.constantFrom(
    ...'a b [ ] ( ) { } . ? : , ! - + * / == < && || in has( .all(x, .map(x, .size() .orValue(1) "s" 1 1u 2.5 null true b"x" optional.of( dyn( int( string( .matches( .?k [?0]'.split(
      ' ',
    ),
  );

  it('is refused or compiled, and then evaluates without throwing', () => {
    const variables = { a: DYN, b: DYN };
    let compiled = 0;
    fc.assert(
      fc.property(fc.array(words, { minLength: 1, maxLength: 9 }), fc.jsonValue(), fc.anything(), (parts, a, b) => {
        try {
          const { evaluate } = compileExpression(parts.join(' '), { where: 'test', variables });
          compiled += 1;
          evaluate({ a, b });
        } catch (error) {
          if (!isHeadgateError(error, 'EXPRESSION_INVALID')) throw error;
        }
      }),
      { numRuns: 3000 },
    );
    expect(compiled).toBeGreaterThan(20);
  });

  it('evaluates any tree of operators over any values without throwing', () => {
    const variables = Object.fromEntries(NAMES.map((name) => [name, DYN]));
    fc.assert(
      fc.property(expression, fc.dictionary(fc.constantFrom(...NAMES), fc.jsonValue()), ({ text }, values) => {
        fc.pre(text.length < 5000);
        try {
          compileExpression(text, { where: 'test', variables }).evaluate(values);
        } catch (error) {
          if (!isHeadgateError(error, 'EXPRESSION_INVALID')) throw error;
        }
      }),
    );
  });
});
