import { Kind, parse, print, stripIgnoredCharacters, visit } from 'graphql';
import { type FetchNode, fetchesMapped, type Plan, type RequiredSelection } from './plan';
import type { PrivateField } from './private-fields';

type PrivateFields = ReadonlyMap<string, PrivateField>;

function realRequired(selections: readonly RequiredSelection[], fields: PrivateFields): RequiredSelection[] {
  return selections.map((one) => {
    if (one.kind === 'InlineFragment') return { ...one, selections: realRequired(one.selections, fields) };
    const below = one.selections === undefined ? {} : { selections: realRequired(one.selections, fields) };
    const real = fields.get(one.name);
    return real === undefined ? { ...one, ...below } : { ...one, ...below, name: real.name, readAs: one.name };
  });
}

/** `private { … }` as `private: real(arguments) { … }`. */
function realOperation(operation: string, fields: PrivateFields): string {
  const document = visit(parse(operation, { noLocation: true }), {
    Field(node) {
      const real = fields.get(node.name.value);
      if (real === undefined) return undefined;
      const { alias = node.name } = node;
      return { ...node, alias, name: { kind: Kind.NAME, value: real.name }, arguments: real.arguments };
    },
  });
  return stripIgnoredCharacters(print(document));
}

function realFetch(node: FetchNode, fields: PrivateFields): FetchNode {
  const { requires, inputRewrites } = node;
  const realName = (name: string) => fields.get(name)?.name ?? name;
  return {
    ...node,
    operation: realOperation(node.operation, fields),
    ...(requires === undefined ? {} : { requires: realRequired(requires, fields) }),
    ...(inputRewrites === undefined
      ? {}
      : { inputRewrites: inputRewrites.map((one) => ({ ...one, path: one.path.map(realName) })) }),
  };
}

/** Undoes `private-fields.ts`: subgraphs are asked for real fields under private names, and sent real names. */
export function withRealFields(plan: Plan, fields: PrivateFields): Plan {
  return fields.size === 0 ? plan : fetchesMapped(plan, (node) => realFetch(node, fields));
}
