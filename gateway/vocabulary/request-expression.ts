import { compileExpression } from '../expressions/compile-expression';
import type { Path } from '../expressions/references';
import type { Type } from '../expressions/types';
import type { EvaluationError, Value } from '../expressions/values';
import type { Reads } from '../flight';
import type { Entry, Source, View } from './entry';
import { FUNCTIONS } from './functions';

/** Variables of a place that takes an expression, e.g. `{ request: REQUEST, operation: OPERATION }`. */
type Vocabulary = Readonly<Record<string, Entry>>;

interface RequestExpressionOptions {
  /** The place that the expression stands at, e.g. `rate_limit.policies[0].key`. Errors begin with it. */
  readonly where: string;
  /** What is known at that place. */
  readonly vocabulary: Vocabulary;
  /** What it must give; anything when absent. */
  readonly result?: Type;
}

/** An expression of the configuration about a request. */
export interface RequestExpression {
  readonly text: string;
  /** Names of the vocabulary that it reads. */
  readonly variables: ReadonlySet<string>;
  /** What it reads of a client's request: to be declared wherever its value decides something that is shared. */
  readonly reads: Reads;
  /** Its value for a call, or for a flight that may see what it reads. Only what it reads is looked at. Never throws. */
  readonly evaluate: (view: View) => Value | EvaluationError;
}

/** @throws {HeadgateError} EXPRESSION_INVALID, with place, line and column */
export function compileRequestExpression(
  text: string,
  { where, vocabulary, result }: RequestExpressionOptions,
): RequestExpression {
  const variables = Object.fromEntries(Object.entries(vocabulary).map(([name, { type }]) => [name, type]));
  const options = { where, variables, functions: FUNCTIONS, ...(result === undefined ? {} : { result }) };
  const expression = compileExpression(text, options);
  const sources = expression.paths.flatMap((path) => sourcesOf(path, vocabulary));
  const values = objectMaker(sources);
  return {
    text,
    variables: new Set(expression.paths.map(([name = '']) => name)),
    reads: readsOf(sources),
    evaluate: (view) => expression.evaluate(values(view)),
  };
}

function sourcesOf([name = '', ...keys]: Path, vocabulary: Vocabulary): readonly Source[] {
  const sources = vocabulary[name]?.sourcesAt(keys) ?? [];
  return sources.map((source) => ({ ...source, at: [name, ...source.at] }));
}

function readsOf(sources: readonly Source[]): Reads {
  return {
    headers: [...new Set(sources.flatMap(({ reads }) => reads.headers ?? []))].sort(),
    matching: sources.flatMap(({ reads }) => reads.matching ?? []),
    facts: [...new Set(sources.flatMap(({ reads }) => reads.facts ?? []))],
    isPrivate: false,
  };
}

type Maker = (view: View) => Readonly<Record<string, unknown>>;

const NOTHING = Object.freeze({});

/** Makes the objects around values, which stand at the same places each time. */
function objectMaker(sources: readonly Source[]): Maker {
  const keys = new Set(sources.map(({ at: [key = ''] }) => key));
  const fields = Array.from(keys, (key) => [key, valueMaker(sources.filter(({ at }) => at[0] === key))] as const);
  if (fields.length === 0) return () => NOTHING;
  const [only] = fields;
  if (fields.length === 1 && only !== undefined) {
    const [name, valueIn] = only;
    return (view) => ({ [name]: valueIn(view) });
  }
  return (view) => {
    const made: Record<string, unknown> = {};
    for (const [name, valueIn] of fields) made[name] = valueIn(view);
    return made;
  };
}

/** @param sources of one key, which they all begin with: one that ends there, or several below it */
function valueMaker(sources: readonly Source[]): (view: View) => unknown {
  const whole = sources.find(({ at }) => at.length === 1);
  return whole?.valueIn ?? objectMaker(sources.map((source) => ({ ...source, at: source.at.slice(1) })));
}
