import { HeadgateError } from '../errors';
import type { FetchNode } from '../planning/plan';
import type { FetchStep } from '../transport/fetch';
import { FetchOperation } from '../transport/fetch-request';
import type { CompileScope } from './compile-scope';
import type { CompiledFetch } from './compiled-fetch';
import { contextOperation } from './context-operation';
import { contextReader, contextualReader } from './context-values';
import { selectedFields } from './entity-selection';
import { mergeFetches, type WireFetch } from './merge-fetches';
import type { PlacedFetch, PlacedStep } from './place-fetches';
import type { Position } from './position';
import { representationBuilder } from './representation';
import type { CompiledRequest, RequestContent } from './request-content';
import { compileTargets } from './targets';

/** Undoes the planner's aliases, then the private names. */
function publicKeys({ outputRewrites = [] }: FetchNode, { names }: CompileScope): (key: string) => string {
  const renamed = new Map<string, string>();
  for (const one of outputRewrites) {
    const alias = one.path.at(-1);
    if (one.kind === 'KeyRenamer' && alias !== undefined) renamed.set(alias, one.renameKeyTo);
  }
  return (key) => names.publicName(renamed.get(key) ?? key);
}

/** Read when something has gone wrong: texts are not kept read. */
function fieldsOf(
  node: FetchNode,
  publicKey: CompiledFetch['publicKey'],
  scope: CompileScope,
): CompiledFetch['fields'] {
  return ({ path, holder }) => {
    const selected = selectedFields(scope.operations.of(node).selections, scope);
    return selected.map(({ node: { alias, name }, typename }) => {
      const types = path.length === 1 && holder !== null ? [typename, holder] : [typename];
      const requires = types.some((one) =>
        scope.types
          .requirement(node.serviceName, one, name.value)
          .some((required) => path.every((key, index) => key === required[index])),
      );
      return { key: publicKey((alias ?? name).value), coordinate: `${typename}.${name.value}`, requires };
    });
  };
}

function compiledFetch(placed: PlacedFetch, scope: CompileScope): CompiledFetch {
  const { node, operation, elements, position } = placed;
  const { types, names } = scope;
  const { outputRewrites = [], serviceName } = node;
  const publicKey = publicKeys(node, scope);
  return {
    id: placed.id,
    subgraph: serviceName,
    rootKeys: operation.rootKeys.map((key) => names.publicName(key)),
    path: elements.map((element) => ({ ...element, key: names.publicName(element.key) })),
    representation: node.requires === undefined ? null : representationBuilder(position, node, types),
    publicKey,
    fields: fieldsOf(node, publicKey, scope),
    outputRewrites,
    types,
  };
}

function compiledRequest(
  { lists, operation: text, node, variableUsages, after }: WireFetch,
  ancestors: readonly number[],
  root: Position,
  fetches: ReadonlyMap<string, FetchStep>,
  scope: CompileScope,
): CompiledRequest {
  const { serviceName: subgraph, operationName, operationKind } = node;
  const fetch = fetches.get(subgraph);
  if (fetch === undefined)
    throw new HeadgateError('PLANNING_FAILED', `the plan names subgraph ${subgraph}, which is not configured`);
  const compiled = lists.map(({ key, variable, fetches }) => {
    return { key, variable, steps: fetches.map((one) => compiledFetch(one, scope)) };
  });
  const [first] = compiled[0]?.steps ?? [];
  const paths = lists.flatMap(({ fetches }) => fetches.map(({ elements }) => elements));
  const walk = compileTargets(root, paths, scope.types);
  const targets = compiled.flatMap(({ steps }, list) => steps.map((step) => ({ step, list })));
  const { contextRewrites } = node;
  const fromClient = variableUsages.filter((name) => !contextRewrites?.some((one) => one.renameKeyTo === name));
  const variables = fromClient.map((name) => ({ name, from: scope.names.publicName(name) }));
  const contentOf = (): RequestContent => {
    if (first !== undefined && first.representation === null) return { kind: 'root', step: first, walk };
    const placed = lists[0]?.fetches[0];
    if (first === undefined || placed === undefined || contextRewrites === undefined)
      return { kind: 'entities', lists: compiled, targets, walk };
    const read = contextReader(root, placed.elements, contextRewrites, scope.types);
    const context = contextOperation(placed);
    const isContextual = contextualReader(placed.position, context.conditions, scope.types);
    return { kind: 'contextual', step: first, walk, read, isContextual, operation: context };
  };
  const content = contentOf();
  const operation = new FetchOperation(text, operationName, operationKind);
  return { subgraph, fetch, operation, variables, after, ancestors, content };
}

/**
 * The requests of a plan, each behind those that it waits for. Called when every position is settled.
 * @throws {HeadgateError} PLANNING_FAILED: a subgraph that nobody knows
 */
export function compileRequests(
  step: PlacedStep,
  root: Position,
  fetches: ReadonlyMap<string, FetchStep>,
  scope: CompileScope,
): CompiledRequest[] {
  const ancestors: (readonly number[])[] = [];
  return mergeFetches(step).map((wire) => {
    const all = [...new Set(wire.after.flatMap((index) => [index, ...(ancestors[index] ?? [])]))];
    ancestors.push(all);
    return compiledRequest(wire, all, root, fetches, scope);
  });
}
