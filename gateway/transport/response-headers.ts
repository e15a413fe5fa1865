import { HeadgateError } from '../errors';
import type { View } from '../vocabulary/entry';
import { type AnswerHead, besideAnswer } from '../vocabulary/fetch';
import { conditionOf, headerValueOf } from './header-expressions';
import { isHeaderValue } from './header-names';
import { settable } from './headers';
import type { ResponseHeaderRule } from './options';

type Target = Map<string, string[]>;

interface Step {
  readonly name: string;
  readonly algorithm: ResponseHeaderRule['algorithm'];
  readonly applies: ((view: View) => boolean) | null;
  /** Null: none. */
  readonly values: (answer: AnswerHead, view: View) => readonly string[] | null;
}

/**
 * Turns response header rules into a function that adds a subgraph answer's headers to those of the client's answer.
 * @throws {HeadgateError} CONFIG_INVALID, EXPRESSION_INVALID for rules that cannot work
 */
export function compileResponseHeaders(
  rules: readonly ResponseHeaderRule[],
  subgraph: string,
): (answer: AnswerHead, target: Target, view: View) => void {
  const steps = rules.map((rule) => compileRule(rule, subgraph));
  return (answer, target, { headers, facts }) => {
    const view = { headers, facts: besideAnswer(facts, answer) };
    for (const { name, algorithm, applies, values } of steps) {
      if (applies !== null && !applies(view)) continue;
      const given = values(answer, view);
      if (given === null) continue;
      const before = target.get(name);
      if (before === undefined || algorithm === 'last') target.set(name, [...given]);
      else if (algorithm === 'append') before.push(...given);
    }
  };
}

function compileRule(rule: ResponseHeaderRule, subgraph: string): Step {
  const { algorithm } = rule;
  const applies = conditionOf(rule, 'response', subgraph);
  if ('named' in rule) {
    const name = settable(rule.named.toLowerCase());
    return { name, algorithm, applies, values: ({ headers }) => valuesOf(headers[name]) };
  }
  const name = settable(rule.insert.toLowerCase());
  const made = headerValueOf(rule, 'response', subgraph);
  if (made !== null) return { name, algorithm, applies, values: (_answer, view) => valuesOf(made(view) ?? undefined) };
  const { value = '' } = rule;
  if (isHeaderValue(value)) return { name, algorithm, applies, values: () => [value] };
  const message = `headers: the value to insert as ${name} has a character that no header may have; remove it`;
  throw new HeadgateError('CONFIG_INVALID', message);
}

function valuesOf(given: string | readonly string[] | undefined): readonly string[] | null {
  if (given === undefined) return null;
  return (typeof given === 'string' ? [given] : given).filter(isHeaderValue);
}
