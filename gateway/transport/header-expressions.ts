import { jsonOf } from '../expressions/json-of';
import { BOOL } from '../expressions/types';
import { EvaluationError } from '../expressions/values';
import type { Reads } from '../flight';
import { stringifyJson } from '../json/stringify';
import type { View } from '../vocabulary/entry';
import { answerVocabulary, fetchVocabulary } from '../vocabulary/fetch';
import { compileRequestExpression, type RequestExpression } from '../vocabulary/request-expression';
import { isHeaderValue } from './header-names';
import type { SubgraphOptions } from './options';

/** Whether a rule applies. */
export type Condition = (view: View) => boolean;
/** A value that is made for each fetch; null when there is none, or none that a header can have. */
export type HeaderValue = (view: View) => string | null;

/** Which rules an expression belongs to: those about requests, or those about answers. */
type Side = 'request' | 'response';

type Key = 'when' | 'expression';
/** A rule that has expressions, as it stands in the options of a subgraph. */
type Rule = Readonly<Partial<Record<Key, string>>>;

/**
 * Of each rule, by key and subgraph. What is declared to be read and what is read later has to be the same compiled expression: facts are
 * told apart by identity.
 */
const compiled = new WeakMap<Rule, Map<string, RequestExpression>>();

function compile(rule: Rule, key: Key, side: Side, subgraph: string): RequestExpression | null {
  const text = rule[key];
  if (text === undefined) return null;
  const ofRule = compiled.get(rule) ?? new Map<string, RequestExpression>();
  compiled.set(rule, ofRule);
  const place = `${side} ${key} ${subgraph}`;
  const known = ofRule.get(place);
  if (known !== undefined) return known;
  const vocabulary = side === 'request' ? fetchVocabulary(subgraph) : answerVocabulary(subgraph);
  const where = `headers.${side}`;
  const made = compileRequestExpression(text, { where, vocabulary, ...(key === 'when' && { result: BOOL }) });
  ofRule.set(place, made);
  return made;
}

/** One without a value is not true. @throws {HeadgateError} EXPRESSION_INVALID */
export function conditionOf(rule: Rule, side: Side, subgraph: string): Condition | null {
  const when = compile(rule, 'when', side, subgraph);
  return when === null ? null : (view) => when.evaluate(view) === true;
}

/** Null for a rule without an expression. @throws {HeadgateError} EXPRESSION_INVALID */
export function headerValueOf(rule: Rule, side: Side, subgraph: string): HeaderValue | null {
  const expression = compile(rule, 'expression', side, subgraph);
  if (expression === null) return null;
  return (view) => {
    const value = expression.evaluate(view);
    if (value === undefined || value === null || value instanceof EvaluationError) return null;
    const text = typeof value === 'string' ? value : (stringifyJson(jsonOf(value)) ?? '');
    // A line break would be a header of the client's own.
    return isHeaderValue(text) ? text : null;
  };
}

/** What the expressions of all header rules of a subgraph read of a client's request. */
export function expressionReads({ name, requestHeaders, responseHeaders }: SubgraphOptions): readonly Reads[] {
  const of = (side: Side) => (rule: Rule) =>
    (['when', 'expression'] as const).flatMap((key) => compile(rule, key, side, name)?.reads ?? []);
  return [...requestHeaders.flatMap(of('request')), ...responseHeaders.flatMap(of('response'))];
}
