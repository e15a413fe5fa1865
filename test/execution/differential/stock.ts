import { ApolloGateway } from '@apollo/gateway';
import { type GraphQLSchema, getOperationAST, parse } from 'graphql';
import type { Answer } from './answers';
import type { Data } from './data';
import { withoutStandIns, withStandIns } from './numbers';
import type { GeneratedOperation } from './operations';
import type { Requirement, Schema } from './schema';
import type { Service } from './subgraph';

// Stock reports to its vendor unless told not to.
process.env.APOLLO_TELEMETRY_DISABLED = '1';

/** Apollo's own gateway over the same subgraphs. */
export interface Stock {
  ask(operation: GeneratedOperation, data: Data): Promise<Answer>;
  close(): Promise<void>;
}

export async function createStock(sdl: string, schema: GraphQLSchema, services: readonly Service[]): Promise<Stock> {
  let data: Data | undefined;
  const gateway = new ApolloGateway({
    supergraphSdl: sdl,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    buildService: ({ name }) => ({
      async process({ request: { query = '', variables = {} } }) {
        const service = services[Number(name.slice(1))];
        if (service === undefined || data === undefined) throw new Error(`no subgraph ${name}`);
        const result = await service(query, withoutStandIns(variables) as Record<string, unknown>, data); // as: stays one
        return withStandIns(JSON.parse(JSON.stringify(result))) as object; // as: JSON of an object
      },
    }),
  });
  await gateway.load();
  return {
    async ask({ query, variables }, asked) {
      data = asked;
      const document = parse(query);
      const result = await gateway.executor({
        document,
        operation: getOperationAST(document),
        operationName: null,
        request: { query, variables: withStandIns(variables) },
        source: query,
        queryHash: query,
        context: {},
        schema,
        logger: console,
        metrics: {},
        // as: stock's executor reads the fields above only
      } as unknown as Parameters<ApolloGateway['executor']>[0]);
      const answer = JSON.parse(JSON.stringify({ data: result.data ?? null, errors: result.errors ?? [] }));
      return withoutStandIns(answer) as Answer; // as: stays one
    },
    close: () => gateway.stop(),
  };
}

/**
 * Whether stock is known to answer a plain operation rightly, as far as the shapes of schema and operation tell. Where it
 * is not (see execution.md):
 * - a requirement with arguments shares one response key with the client's field, whose arguments are others;
 * - a key that is not resolvable is used all the same;
 * - of lists in lists of objects in a requirement only nulls are sent;
 * - of an object in a requirement no type is sent, which tells what is required of it; labels are never chosen;
 * - a requirement that has a requirement itself is asked for too early;
 * - what an interface object requires is not fetched for objects whose type did not ask for it;
 * - beside fields of interface objects a `__typename` without an alias makes null, without an error;
 * - what fragments on an object type ask of two interface objects is left out: on the way to the second one the fetch from the
 *   first asks for `__typename` too, and writes the interface's name over that of the object;
 * - a supergraph with `@context` is refused;
 * - long numbers that a requirement gives for arguments are rounded;
 * - mutations of one subgraph are sent together, before what follows the first of them.
 */
export function isRightInStock({ types, items, mark, context }: Schema, { query }: GeneratedOperation): boolean {
  if (context !== null) return false;
  if (mark !== null && /\bmark\b/.test(query)) return false;
  if (types.some(({ keys, stubIn }) => keys === 'mixed' || stubIn.length > 0)) return false;
  if (query.startsWith('mutation') || (items !== null && /\bi[24]_/.test(query))) return false;
  if (items !== null && /\b(i[1-5]|items)/.test(query) && /[^:] __typename/.test(query)) return false;
  if (interfaceObjectsInFragments(query).size > 1) return false;
  const requirements = types.flatMap(({ fields }) => fields.flatMap(({ requires }) => requires));
  if (requirements.some(({ field }) => field.requires.length > 0)) return false;
  if (requirements.some(({ on, field }) => on.size > 0 || ['infos', 'grid'].includes(field.kind))) return false;
  if (types.some(({ fields }) => fields.some(({ label }) => label !== null))) return false;
  const rounded = types.flatMap(({ fields }) => fields.filter((one) => givesNumbers(one.requires)));
  if (rounded.some(({ name }) => new RegExp(`\\b${name}\\b`).test(query))) return false;
  const required = withArguments(requirements);
  return required.every((name) => !new RegExp(`\\b${name}\\b`).test(query));
}

/** Subgraphs, by the ends of their fields' names, that know an interface only and are asked in fragments on its object types. */
function interfaceObjectsInFragments(query: string): ReadonlySet<string> {
  const asked = query.matchAll(/\.\.\. on T\d+\s+\{ (?:\w+: )?i[1-5](_\d+)?/g);
  return new Set([...asked].map(([, owner = 'any']) => owner));
}

/** Whether a requirement gives long numbers for arguments, of which stock makes doubles. */
function givesNumbers(requirements: readonly Requirement[]): boolean {
  return requirements.some(({ field, below }) => field.args === 'numbers' || givesNumbers(below));
}

/** Names of fields that a requirement gives arguments. */
function withArguments(requirements: readonly Requirement[]): string[] {
  return requirements.flatMap(({ field, below }) => [
    ...(field.args === 'none' ? [] : [field.name]),
    ...withArguments(below),
  ]);
}
