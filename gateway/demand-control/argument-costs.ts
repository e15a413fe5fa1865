import { type GraphQLInputType, getNamedType, isInputObjectType } from 'graphql';
import type { ArgumentValues, FromVariables } from './argument-values';
import type { CostSchema } from './cost-schema';
import { COST_MAX } from './saturating';

/** An input object is one, as an object of an answer is. */
const INPUT_OBJECT_WEIGHT = 1;
/** Deeper values are refused elsewhere. */
const DEPTH_MAX = 200;

/** What the arguments of a field cost together, which may be less than nothing; null: nothing, whatever their values are. */
export function argumentsCost(
  parents: readonly string[],
  field: string,
  given: ArgumentValues,
  schema: CostSchema,
): FromVariables<number> | null {
  let fixed = 0;
  const byValue: FromVariables<number>[] = [];
  for (const [name, valueIn] of given) {
    const weight = schema.argumentWeight(parents, field, name);
    const type = schema.argumentType(parents, field, name);
    if (type !== undefined && isInputObjectType(getNamedType(type)))
      byValue.push((variables) => valueCost(valueIn(variables), type, weight, schema, 0));
    else fixed += weight ?? 0;
  }
  if (byValue.length === 0) return fixed === 0 ? null : () => fixed;
  return (variables) => clamped(byValue.reduce((sum, costIn) => sum + costIn(variables), fixed));
}

/** @param weight of the argument or field that has the value, however many objects these are; undefined: nobody says */
function valueCost(
  value: unknown,
  type: GraphQLInputType,
  weight: number | undefined,
  schema: CostSchema,
  depth: number,
): number {
  if (value === null || typeof value !== 'object' || depth > DEPTH_MAX) return weight ?? 0;
  if (Array.isArray(value)) {
    const each = weight === undefined ? undefined : 0;
    return clamped(
      value.reduce<number>((sum, one) => sum + valueCost(one, type, each, schema, depth + 1), weight ?? 0),
    );
  }
  const named = getNamedType(type);
  if (!isInputObjectType(named)) return weight ?? 0;
  const fields = named.getFields();
  let cost = weight ?? INPUT_OBJECT_WEIGHT;
  for (const [key, member] of Object.entries(value)) {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (field === undefined) continue;
    cost += valueCost(member, field.type, schema.inputFieldWeight(named.name, key), schema, depth + 1);
  }
  return clamped(cost);
}

function clamped(cost: number): number {
  return Math.max(-COST_MAX, Math.min(COST_MAX, cost));
}
