import { type ValueNode, type VariableDefinitionNode, valueFromASTUntyped } from 'graphql';
import type { Plan } from '../planning/plan';
import { privateNames } from '../planning/private-names';
import { fullTypesOf } from '../supergraph/full-types';
import type { Supergraph } from '../supergraph/supergraph';
import type { VariableNames } from './argument-values';
import { costSchemaOf } from './cost-schema';
import { PlanCost } from './plan-cost';

interface PlannedOperation {
  readonly plan: Plan;
  /** Of the client's operation. */
  readonly variables: readonly VariableDefinitionNode[];
  readonly supergraph: Supergraph;
}

/** How plans of a supergraph name the variables of a client. */
const publicNames = new WeakMap<Supergraph, VariableNames['publicName']>();

function publicNameOf(supergraph: Supergraph): VariableNames['publicName'] {
  let found = publicNames.get(supergraph);
  if (found === undefined) {
    found = privateNames(fullTypesOf(supergraph).plannerFields).publicName;
    publicNames.set(supergraph, found);
  }
  return found;
}

function defaultsOf(variables: readonly VariableDefinitionNode[]): Readonly<Record<string, unknown>> {
  const given = variables.flatMap(({ variable, defaultValue }) =>
    defaultValue === undefined ? [] : [[variable.name.value, valueFromASTUntyped(defaultValue as ValueNode)] as const],
  );
  return Object.fromEntries(given);
}

/** Compiles what an operation costs. @param listSize of lists that nobody says more of */
export function operationCost({ plan, variables, supergraph }: PlannedOperation, listSize: number): PlanCost {
  const names = { publicName: publicNameOf(supergraph), defaults: defaultsOf(variables) };
  return new PlanCost(plan, { schema: costSchemaOf(supergraph), names, listSize });
}
