import { jsonOf } from '../../expressions/json-of';
import { BOOL } from '../../expressions/types';
import { EvaluationError } from '../../expressions/values';
import { stringifyJson } from '../../json/stringify';
import { percentileOf } from '../../vocabulary/functions';
import { compileRequestExpression } from '../../vocabulary/request-expression';
import { ROUTING_VOCABULARY as vocabulary } from '../../vocabulary/routing';
import type { MirrorRule } from '../options';

type View = Parameters<ReturnType<typeof compileRequestExpression>['evaluate']>[0];

interface RuleCondition {
  /** Whether the rule is for this request. By chance where it says so: ask once for each request. */
  readonly matches: (view: View, random: () => number) => boolean;
}

/**
 * Compiles whom a rule is for. A condition without a value (of a claim that is not there) is not true; a `sticky` without one
 * leaves its share to chance.
 * @throws {HeadgateError} EXPRESSION_INVALID
 */
export function compileCondition({ name, when, percent, sticky }: Omit<MirrorRule, 'tags'>): RuleCondition {
  const condition =
    when === null ? null : compileRequestExpression(when, { where: `${name}.when`, vocabulary, result: BOOL });
  const key = sticky === null ? null : compileRequestExpression(sticky, { where: `${name}.sticky`, vocabulary });

  function isInShare(view: View, random: () => number): boolean {
    if (percent === null) return true;
    const value = key?.evaluate(view);
    const text = value === undefined || value instanceof EvaluationError ? null : textOf(value);
    return (text === null ? random() * 100 : percentileOf(text)) < percent;
  }

  return {
    matches: (view, random) => (condition === null || condition.evaluate(view) === true) && isInShare(view, random),
  };
}

/** Null for a null and for an empty text: nobody is meant. */
function textOf(value: unknown): string | null {
  if (value === null || value === '') return null;
  return typeof value === 'string' ? value : (stringifyJson(jsonOf(value)) ?? null);
}
