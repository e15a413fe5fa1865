import { HeadgateError } from '../errors';
import type { FetchNode } from '../planning/plan';
import type { Send } from '../transport/send';
import type { CompileScope } from './compile-scope';
import type { FetchStep } from './fetch-step';
import { readFlattenPath } from './paths';
import { type PlacedFetch, type PlacedStep, positionAt } from './place-fetches';
import type { Position } from './position';
import type { Step } from './program';
import { representationBuilder } from './representation';
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

function fetchStep(
  placed: PlacedFetch,
  root: Position,
  sends: ReadonlyMap<string, Send>,
  scope: CompileScope,
): FetchStep {
  const { node } = placed;
  const { types, names } = scope;
  const send = sends.get(node.serviceName);
  if (send === undefined)
    throw new HeadgateError('PLANNING_FAILED', `the plan names subgraph ${node.serviceName}, which is not configured`);
  const inputRewrites = node.inputRewrites ?? [];
  return {
    id: placed.id,
    subgraph: node.serviceName,
    send,
    operation: node.operation,
    operationName: node.operationName,
    operationKind: node.operationKind,
    variables: node.variableUsages.map((name) => ({ name, from: names.publicName(name) })),
    rootKeys: placed.rootKeys.map((key) => names.publicName(key)),
    root,
    walk: compileTargets(root, readFlattenPath(placed.path), types, names),
    representation:
      node.requires === undefined
        ? null
        : representationBuilder(positionAt(root, placed.path), node.requires, inputRewrites, node.serviceName, types),
    publicKey: publicKeys(node, scope),
    outputRewrites: node.outputRewrites ?? [],
    types,
  };
}

/** Called when every position is settled. @throws {HeadgateError} PLANNING_FAILED: a subgraph that nobody knows */
export function compileStep(
  placed: PlacedStep,
  root: Position,
  sends: ReadonlyMap<string, Send>,
  scope: CompileScope,
): Step {
  if (placed.kind === 'fetch') return { kind: 'fetch', fetch: fetchStep(placed.fetch, root, sends, scope) };
  return { kind: placed.kind, steps: placed.steps.map((one) => compileStep(one, root, sends, scope)) };
}
