import { parse, print } from 'graphql';
import type { FetchNode, PlanNode } from './details';

/** A plan as nested lists: each step names its kind, each fetch its service and, opened, the operation sent. */
export function PlanTree({ node }: { readonly node: PlanNode }) {
  return (
    <ul className="headgate-plan-tree">
      <Step node={node} at="0" />
    </ul>
  );
}

/** @param at the place of the step in the plan, e.g. `0.2.1`: plans do not name their nodes */
function Step({ node, at }: { readonly node: PlanNode; readonly at: string }) {
  switch (node.kind) {
    case 'Fetch':
      return (
        <li>
          <Fetch node={node} />
        </li>
      );
    case 'Flatten':
      return (
        <li>
          <Kind name="Flatten" /> <code>{node.path.join('.')}</code>
          <Steps nodes={[node.node]} at={at} />
        </li>
      );
    case 'Condition':
      return (
        <li>
          <Kind name="If" /> <code>${node.condition}</code>
          {node.ifClause && <Steps nodes={[node.ifClause]} at={`${at}.if`} />}
          {node.elseClause && (
            <>
              <Kind name="Else" />
              <Steps nodes={[node.elseClause]} at={`${at}.else`} />
            </>
          )}
        </li>
      );
    default:
      return (
        <li>
          <Kind name={node.kind} /> <small>{node.kind === 'Parallel' ? 'all at once' : 'one after the other'}</small>
          <Steps nodes={node.nodes} at={at} />
        </li>
      );
  }
}

function Steps({ nodes, at }: { readonly nodes: readonly PlanNode[]; readonly at: string }) {
  return (
    <ul>
      {nodes.map((node, index) => {
        const place = `${at}.${index}`;
        return <Step key={place} node={node} at={place} />;
      })}
    </ul>
  );
}

function Kind({ name }: { readonly name: string }) {
  return <span className="headgate-plan-kind">{name}</span>;
}

function Fetch({ node }: { readonly node: FetchNode }) {
  return (
    <details>
      <summary>
        <Kind name="Fetch" /> <strong>{node.serviceName}</strong>
        <small> {node.requires === undefined ? node.operationKind : 'entities'}</small>
      </summary>
      <pre>{formatted(node.operation)}</pre>
    </details>
  );
}

/** Plans carry operations on one line. */
function formatted(operation: string): string {
  try {
    return print(parse(operation, { noLocation: true }));
  } catch {
    return operation;
  }
}
