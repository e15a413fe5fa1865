import { parse, print } from 'graphql';
import type { FetchNode, Plan, PlanNode, RequiredSelection } from './plan';

const STEP = '  ';

function indent(text: string, depth: number): string {
  const margin = STEP.repeat(depth);
  return text
    .split('\n')
    .map((line) => (line === '' ? line : margin + line))
    .join('\n');
}

function required(selections: readonly RequiredSelection[]): string {
  const lines = selections.map((one) => {
    if (one.kind === 'Field') return one.selections ? `${one.name} ${required(one.selections)}` : one.name;
    return `... ${one.typeCondition === undefined ? '' : `on ${one.typeCondition} `}${required(one.selections)}`;
  });
  return `{\n${indent(lines.join('\n'), 1)}\n}`;
}

function fetchText(node: FetchNode): string {
  const parts = [];
  if (node.requires !== undefined) parts.push(`${required(node.requires)} =>`);
  for (const { path, renameKeyTo } of node.contextRewrites ?? []) parts.push(`$${renameKeyTo}: ${path.join('/')}`);
  parts.push(print(parse(node.operation, { noLocation: true })));
  return `Fetch(service: "${node.serviceName}") {\n${indent(parts.join('\n'), 1)}\n}`;
}

function nodeText(node: PlanNode): string {
  switch (node.kind) {
    case 'Fetch':
      return fetchText(node);
    case 'Sequence':
    case 'Parallel':
      return `${node.kind} {\n${indent(node.nodes.map(nodeText).join('\n'), 1)}\n}`;
    case 'Flatten':
      return `Flatten(path: "${node.path.join('.')}") {\n${indent(nodeText(node.node), 1)}\n}`;
    case 'Condition': {
      const branches = [
        ...(node.ifClause ? [`Include(if: $${node.condition}) {\n${indent(nodeText(node.ifClause), 1)}\n}`] : []),
        ...(node.elseClause ? [`Skip(if: $${node.condition}) {\n${indent(nodeText(node.elseClause), 1)}\n}`] : []),
      ];
      return branches.join('\n');
    }
  }
}

/** A plan as people read it. */
export function printPlan(plan: Plan): string {
  return `QueryPlan {\n${plan.node === null ? '' : `${indent(nodeText(plan.node), 1)}\n`}}`;
}
