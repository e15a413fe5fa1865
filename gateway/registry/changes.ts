import { GraphQLError } from 'graphql';
import { type SchemaChange, schemaChanges } from './schema-changes';
import { type GraphState, type Instance, type SubgraphState, sameInstances } from './state';

/** Difference of one subgraph between two states. `message` says it to people. */
export type Change = { readonly subgraph: string; readonly message: string } & (
  | { readonly kind: 'added'; readonly instances: readonly Instance[] }
  | { readonly kind: 'removed' }
  | {
      readonly kind: 'schema';
      /** The first {@link LISTED_MAX}; empty when only descriptions, comments or order differ. */
      readonly schema: readonly SchemaChange[];
    }
  | { readonly kind: 'instances'; readonly from: readonly Instance[]; readonly to: readonly Instance[] }
);

const LISTED_MAX = 1_000;
const NAMED_IN_MESSAGE_MAX = 5;

/**
 * The way from one state to another, subgraphs in order of their names.
 * @param text the blob with this hash
 */
export async function changesBetween(
  from: GraphState,
  to: GraphState,
  text: (hash: string) => Promise<string>,
): Promise<readonly Change[]> {
  const changes: Change[] = [];
  for (const name of [...new Set([...from.keys(), ...to.keys()])].sort()) {
    const before = from.get(name);
    const after = to.get(name);
    if (before !== undefined && after !== undefined) changes.push(...(await changesOfOne(before, after, text)));
    else if (after !== undefined) changes.push(added(after));
    else changes.push({ subgraph: name, kind: 'removed', message: `${name}: removed` });
  }
  return changes;
}

/** Stands in for the instances of a subgraph that is checked before it runs anywhere. */
export const NOWHERE: readonly Instance[] = [{ url: 'http://127.0.0.1:9/graphql', weight: 1 }];

function added({ name, instances }: SubgraphState): Change {
  if (instances === NOWHERE)
    return {
      subgraph: name,
      kind: 'added',
      instances: [],
      message: `${name}: added; to publish it, name an instance (--url)`,
    };
  const place = instances.length === 0 ? '; its adapter says where its services are' : ` at ${listed(instances)}`;
  return { subgraph: name, kind: 'added', instances, message: `${name}: added${place}` };
}

async function changesOfOne(
  before: SubgraphState,
  after: SubgraphState,
  text: (hash: string) => Promise<string>,
): Promise<readonly Change[]> {
  const subgraph = after.name;
  const changes: Change[] = [];
  if (before.sdl !== after.sdl) {
    const schema = comparable(await text(before.sdl), await text(after.sdl));
    changes.push({
      subgraph,
      kind: 'schema',
      schema: schema.slice(0, LISTED_MAX),
      message: `${subgraph}: ${told(schema)}`,
    });
  }
  if (!sameInstances(before.instances, after.instances)) {
    const message = `${subgraph}: instances ${listed(before.instances)} become ${listed(after.instances)}`;
    changes.push({ subgraph, kind: 'instances', from: before.instances, to: after.instances, message });
  }
  return changes;
}

/** Text that does not parse has no coordinates; composition is what refuses it, with the place. */
function comparable(from: string, to: string): readonly SchemaChange[] {
  try {
    return schemaChanges(from, to);
  } catch (error) {
    // RangeError: nested deeper than the parser's stack.
    if (error instanceof GraphQLError || error instanceof RangeError) return [];
    throw error;
  }
}

function told(schema: readonly SchemaChange[]): string {
  if (schema.length === 0) return 'schema text changed, its meaning did not';
  const named = schema.slice(0, NAMED_IN_MESSAGE_MAX).map(({ kind, coordinate }) => `${coordinate} ${kind}`);
  const more = schema.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function listed(instances: readonly Instance[]): string {
  if (instances.length === 0) return 'those of the adapter';
  return instances.map(({ url, weight }) => (weight === 1 ? url : `${url} (weight ${weight})`)).join(', ');
}
