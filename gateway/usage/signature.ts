import { createHash } from 'node:crypto';
import {
  type ASTNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type ListValueNode,
  type OperationDefinitionNode,
  parse,
  print,
  visit,
} from 'graphql';
import type { OperationText } from './counts';

/** What is longer is not recorded. */
const CHARACTERS_MAX = 64_000;

/**
 * An operation as it is recorded: alone, in one form whatever its blanks, without the values of numbers and strings. Enum values
 * stay: they are names of the schema.
 * @param query a valid document
 * @returns null when it is too long, or cannot be read
 */
export function signatureOf(query: string, operationName: string | null): OperationText | null {
  const document = parsed(query);
  const operation = document?.definitions
    .filter((one) => one.kind === Kind.OPERATION_DEFINITION)
    .find(({ name }) => (name?.value ?? null) === operationName);
  if (document === null || operation === undefined || operation.operation === 'subscription') return null;
  const definitions = [operation, ...fragmentsOf(operation, document)].map(withoutValues);
  const text = definitions.map(print).join('\n\n');
  if (text.length > CHARACTERS_MAX) return null;
  const id = createHash('sha256').update(text).digest('hex');
  return { id, name: operationName, kind: operation.operation, text };
}

function parsed(query: string): DocumentNode | null {
  try {
    return parse(query, { noLocation: true });
  } catch {
    return null;
  }
}

/** Those that it spreads, at any depth, in the order of their names. */
function fragmentsOf(operation: OperationDefinitionNode, { definitions }: DocumentNode): FragmentDefinitionNode[] {
  const all = definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION);
  const used = new Set<FragmentDefinitionNode>();
  const add = (node: ASTNode) =>
    visit(node, {
      FragmentSpread({ name }) {
        const fragment = all.find((one) => one.name.value === name.value);
        if (fragment === undefined || used.has(fragment)) return;
        used.add(fragment);
        add(fragment);
      },
    });
  add(operation);
  return [...used].sort((a, b) => (a.name.value < b.name.value ? -1 : 1));
}

function withoutValues<Node extends ASTNode>(node: Node): Node {
  return visit(node, {
    IntValue: (value) => ({ ...value, value: '0' }),
    FloatValue: (value) => ({ ...value, value: '0.0' }),
    StringValue: (value) => ({ ...value, value: '', block: false }),
    ListValue: { leave: withoutRepetitions },
  });
}

/** However long a list is: one of each form that its values have. */
function withoutRepetitions(list: ListValueNode): ListValueNode {
  const forms = new Map(list.values.map((value) => [print(value), value]));
  return { ...list, values: [...forms.values()] };
}
