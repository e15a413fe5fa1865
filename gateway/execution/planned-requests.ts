import { type DocumentNode, Kind, type OperationDefinitionNode, parse, print } from 'graphql';
import type { Plan } from '../planning/plan';
import type { Supergraph } from '../supergraph/supergraph';
import { compile } from './compile';
import { conditionVariables } from './conditions';
import type { ConditionValues } from './guards';
import { operationSource } from './operation-source';
import type { FlattenElement } from './paths';

/** Request that is sent for a plan, once fetches of one subgraph that could go at the same time are one request. */
export interface PlannedRequest {
  /** The first is 1. */
  readonly number: number;
  readonly subgraph: string;
  /** Numbers of the requests that have to be answered before. */
  readonly after: readonly number[];
  /** Of each fetch that it is made of: the way to the objects that it adds to; empty at the root. */
  readonly paths: readonly string[];
  readonly operation: string;
}

export interface PlannedOperation {
  readonly plan: Plan;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly supergraph: Supergraph;
}

/** The variables that decide what is fetched; those that are not given have their defaults, else true. */
export function conditionsOf(
  { plan, document, operation }: PlannedOperation,
  given: Readonly<Record<string, unknown>>,
): ConditionValues {
  const defaults = new Map(
    (operation.variableDefinitions ?? []).map(({ variable, defaultValue }) => [variable.name.value, defaultValue]),
  );
  const conditionOf = (name: string): boolean => {
    const value = defaults.get(name);
    if (Object.hasOwn(given, name)) return given[name] === true;
    return value?.kind === Kind.BOOLEAN ? value.value : true;
  };
  return new Map(conditionVariables(document, operation, plan.node).map((name) => [name, conditionOf(name)]));
}

function nothingIsSent(): never {
  throw new Error('a plan that is only looked at sends nothing');
}

function textOf({ key, lists, types }: FlattenElement): string {
  return [types === null ? key : `${key}|[${types.join()}]`, ...Array.from({ length: lists }, () => '@')].join('.');
}

/**
 * Requests in the order in which they may be sent, as execution makes them.
 * @throws {HeadgateError} PLANNING_FAILED
 */
export function plannedRequests(planned: PlannedOperation, conditions: ConditionValues): readonly PlannedRequest[] {
  const { supergraph } = planned;
  const fetches = new Map([...supergraph.subgraphs.keys()].map((name) => [name, nothingIsSent]));
  const { requests } = compile(operationSource({ ...planned, fetches }), conditions);
  return requests.map(({ subgraph, operation, after, content }, index) => {
    const steps = content.kind === 'entities' ? content.targets.map(({ step }) => step) : [content.step];
    return {
      number: index + 1,
      subgraph,
      after: after.map((one) => one + 1).sort((a, b) => a - b),
      paths: steps.map(({ path }) => path.map(textOf).join('.')),
      operation: operation.text,
    };
  });
}

function requestText({ number, subgraph, after, paths, operation }: PlannedRequest): string {
  const parts = [`service: "${subgraph}"`];
  if (after.length > 0) parts.push(`after: ${after.length === 1 ? after[0] : `[${after.join(', ')}]`}`);
  const ways = paths.filter((path) => path !== '').map((path) => `"${path}"`);
  if (ways.length > 0) parts.push(`paths: [${ways.join(', ')}]`);
  const body = print(parse(operation, { noLocation: true })).replaceAll(/^/gm, '    ');
  return `  ${number}: Request(${parts.join(', ')}) {\n${body}\n  }`;
}

/** Requests as people read them, below a plan. */
export function printRequests(requests: readonly PlannedRequest[], conditions: ConditionValues): string {
  const values = [...conditions].map(([name, value]) => `$${name}: ${value}`);
  const head = values.length === 0 ? 'Requests' : `Requests(${values.join(', ')})`;
  return `${head} {\n${requests.map((one) => `${requestText(one)}\n`).join('')}}`;
}
