import type { HeadgateError } from '../errors';
import { measure, type Node } from './ast';
import { type Checked, checkExpression } from './check';
import { compileNode } from './compile';
import { Frame, type Step } from './frame';
import type { FunctionDeclaration } from './functions/declare';
import { withFunctions } from './functions/registry';
import { parseExpression } from './parse';
import { type Path, printPath, referencesOf } from './references';
import { resolveNames } from './resolve';
import { type Problem, positionAt, refusal, SyntaxProblem } from './source';
import { printType, type Type } from './types';
import { Unifier } from './unify';
import { describeKind, EvaluationError, kindOf, type Value } from './values';

export interface ExpressionOptions {
  /** The place that the expression stands at, in the reader's words, e.g. `routing[2].when`. Errors begin with it. */
  readonly where: string;
  /** What it may read, by name. Nothing else is known in it. */
  readonly variables: Readonly<Record<string, Type>>;
  /** What it must give; anything when absent. */
  readonly result?: Type;
  /** More functions than the standard ones. */
  readonly functions?: readonly FunctionDeclaration[];
  /** Work that one evaluation may do, see {@link Frame}. */
  readonly costMax?: number;
}

export interface Expression {
  readonly text: string;
  readonly type: Type;
  /** All that it may read, as `request.headers["x-tenant"]`; sorted, and nothing that is part of another. */
  readonly references: readonly string[];
  /** The same as variable and keys, e.g. `['request', 'headers', 'x-tenant']`. */
  readonly paths: readonly Path[];
  /** Its value for one request. It never throws, never waits, and ends within `costMax`. */
  evaluate(values: Readonly<Record<string, unknown>>): Value | EvaluationError;
}

/** About a millisecond at the worst. */
export const COST_MAX = 20_000;

/**
 * Reads, checks and compiles an expression of the Common Expression Language. Throws a HeadgateError `EXPRESSION_INVALID` with place,
 * line and column: wrong syntax, a name that is not declared, a wrong type, a wrong pattern.
 */
export function compileExpression(text: string, options: ExpressionOptions): Expression {
  const functions = withFunctions(options.functions ?? []);
  const refuse = (...problems: Problem[]): HeadgateError => refusal(options.where, text, problems);
  const root = orRefuse(refuse, () => parseExpression(text, { namespaced: (name) => functions.has(name) }));
  const resolved = resolveNames(root, (name) => Object.hasOwn(options.variables, name));
  const checked = checkExpression(root, resolved, { variables: options.variables, functions });
  if (checked.problems.length > 0) throw refuse(...checked.problems);
  const costMax = options.costMax ?? COST_MAX;
  const problem = wrongResult(root, checked, options.result) ?? tooLong(root, costMax);
  if (problem !== undefined) throw refuse(problem);
  const step = orRefuse(refuse, () => compileNode(root, { resolved, types: checked.types, functions }));
  const paths = referencesOf(root, resolved, checked.types);
  return {
    text,
    type: checked.type,
    references: paths.map(printPath),
    paths,
    evaluate: evaluator(text, root, { step, expected: options.result, type: checked.type, costMax }),
  };
}

function orRefuse<T>(refuse: (problem: Problem) => HeadgateError, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof SyntaxProblem ? refuse(error) : error;
  }
}

function wrongResult(root: Node, { type }: Checked, expected: Type | undefined): Problem | undefined {
  if (expected === undefined || new Unifier().assignable([type], [expected])) return undefined;
  return { offset: root.at, message: `this gives ${printType(type)}, ${printType(expected)} is expected here` };
}

function tooLong(root: Node, costMax: number): Problem | undefined {
  if (measure(root).nodes <= costMax) return undefined;
  return { offset: 0, message: `this needs more work than one evaluation may do (${costMax})` };
}

interface Compiled {
  readonly step: Step;
  readonly expected: Type | undefined;
  readonly type: Type;
  readonly costMax: number;
}

function evaluator(text: string, root: Node, { step, expected, type, costMax }: Compiled): Expression['evaluate'] {
  const { nodes } = measure(root);
  /** The checker could not tell: the value is looked at. */
  const unsure = expected !== undefined && expected.kind !== 'dyn' && type.kind === 'dyn' ? expected : undefined;
  return (values) => {
    const frame = new Frame(values, nodes, costMax);
    const value = run(step, frame);
    // An error that && or || has passed over is no reason to trust what was not computed.
    if (frame.spent > costMax) return placed(frame.exhausted(), text, root.at);
    if (value instanceof EvaluationError) return placed(value, text, root.at);
    if (unsure !== undefined && !hasType(value, unsure)) return placed(notOfType(value, unsure), text, root.at);
    return value as Value;
  };
}

/** Steps do not throw. Accessors of the values do, and functions that a place has added. */
function run(step: Step, frame: Frame): unknown {
  try {
    return step(frame);
  } catch (error) {
    return new EvaluationError(`it could not be evaluated: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function placed(error: EvaluationError, text: string, at: number): EvaluationError {
  if (error.line === 0) {
    const { line, column } = positionAt(text, error.offset ?? at);
    error.line = line;
    error.column = column;
  }
  return error;
}

function notOfType(value: unknown, type: Type): EvaluationError {
  return new EvaluationError(`this gives ${describeKind(value)}, ${printType(type)} is expected here`);
}

const KINDS: Readonly<Partial<Record<Type['kind'], ReturnType<typeof kindOf>>>> = {
  null: 'null_type',
  object: 'map',
  optional: 'optional_type',
  timestamp: 'google.protobuf.Timestamp',
  duration: 'google.protobuf.Duration',
};

function hasType(value: unknown, { kind }: Type): boolean {
  return kindOf(value) === (KINDS[kind] ?? kind);
}
