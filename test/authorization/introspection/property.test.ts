import {
  buildClientSchema,
  type GraphQLSchema,
  getIntrospectionQuery,
  getNamedType,
  type IntrospectionQuery,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  parse,
  validateSchema,
} from 'graphql';
import { filterOperation } from '../../../gateway/authorization/filter';
import { CancellationSource } from '../../../gateway/cancellation';
import { isHeadgateError } from '../../../gateway/errors';
import { closeCompositionThread, composeSubgraphs } from '../../../gateway/supergraph/compose';
import { introspect } from '../../../gateway/supergraph/introspection';
import { readSupergraph } from '../../../gateway/supergraph/read';
import type { SchemaView } from '../../../gateway/supergraph/requirements';
import type { Supergraph } from '../../../gateway/supergraph/supergraph';
import { introspectionThread } from '../../../gateway/supergraph/thread/introspection-thread';
import { type RandomSubgraph, randomSubgraph, SCOPES } from './random-schema';

const CASES = Number(process.env.CASES ?? 30);
const FIRST_SEED = Number(process.env.SEED ?? 40);
const nobodyLeaves = new CancellationSource();
const query = getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true, oneOf: true });

async function introspected({ apiSchema }: Supergraph, view: SchemaView | null): Promise<string> {
  const request = { query, operationName: null, variables: {}, fields: [0] };
  const { texts, errors } = await introspect(apiSchema, request, nobodyLeaves, view);
  expect(errors).toEqual([]);
  return texts.map(([, bytes]) => Buffer.from(bytes).toString()).join();
}

const clientSchema = (text: string) => buildClientSchema({ __schema: JSON.parse(text) } as IntrospectionQuery);

/** The types of one schema that another one has as well, but for which types are possible where. */
function typesIn(text: string, other: string): Map<string, object> {
  const typesOf = (one: string): { name: string }[] => JSON.parse(one).types;
  const names = new Set(typesOf(other).map(({ name }) => name));
  const common = typesOf(text).filter(({ name }) => names.has(name));
  return new Map(common.map((type) => [type.name, { ...type, possibleTypes: null }]));
}

/** Names of fields, arguments and object types that scopes do not open, as far as they are nowhere else. */
function hiddenNames({ protected: places }: RandomSubgraph, scopes: readonly string[], api: GraphQLSchema): string[] {
  const isOpen = (place: string) => {
    const anyOf = places.get(place);
    return anyOf === undefined || anyOf.some((all) => all.every((one) => scopes.includes(one)));
  };
  const open = new Set<string>();
  const all = new Set<string>();
  for (const type of Object.values(api.getTypeMap())) {
    if (type.name.startsWith('__') || !isObjectType(type)) continue;
    for (const { name, args } of Object.values(type.getFields())) {
      const isSeen = isOpen(type.name) && isOpen(`${type.name}.${name}`);
      for (const one of [name, ...args.map((argument) => argument.name)]) (isSeen ? open : all).add(one);
    }
    (isOpen(type.name) ? open : all).add(type.name);
  }
  return [...all].filter((name) => !open.has(name));
}

/**
 * An operation for each field that a schema shows, by way of what it shows.
 * @param found is given the types that these ask for
 */
function* operationsFor(schema: GraphQLSchema, found: Set<string>): Generator<string> {
  const roots = [schema.getQueryType(), schema.getMutationType()].flatMap((root) => root ?? []);
  const reached = new Map(
    roots.map(({ name }): [string, (selection: string) => string] => {
      return [name, (selection) => `${name.toLowerCase()} { ${selection} }`];
    }),
  );
  const waiting = [...reached.keys()];
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const type = schema.getType(name);
    found.add(name);
    const around = reached.get(name) ?? String;
    const reach = (next: string, way: (selection: string) => string) => {
      if (reached.has(next)) return;
      reached.set(next, way);
      waiting.push(next);
    };
    if (isAbstractType(type))
      for (const one of schema.getPossibleTypes(type)) {
        yield around(`... on ${one.name} { __typename }`);
        reach(one.name, (selection) => around(`... on ${one.name} { ${selection} }`));
      }
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const one of type.getInterfaces())
      reach(one.name, (selection) => around(`... on ${one.name} { ${selection} }`));
    for (const field of Object.values(type.getFields())) {
      const returned = getNamedType(field.type);
      yield around(`${field.name}${isCompositeType(returned) ? ' { __typename }' : ''}`);
      if (isCompositeType(returned)) reach(returned.name, (selection) => around(`${field.name} { ${selection} }`));
    }
  }
}

describe('introspection of random supergraphs by somebody with some scopes', () => {
  afterAll(async () => {
    await introspectionThread.close();
    await closeCompositionThread();
  });

  it(`shows a valid schema of what may be asked, and no name of anything else (seeds from ${FIRST_SEED})`, async () => {
    let filtered = 0;
    let unions = 0;
    for (let seed = FIRST_SEED; seed < FIRST_SEED + CASES; seed++) {
      const subgraph = randomSubgraph(seed);
      const composed = await composeSubgraphs([{ name: 's', url: 'http://s.invalid', sdl: subgraph.sdl }]).catch(
        (error) => {
          if (isHeadgateError(error, 'COMPOSITION_FAILED'))
            throw new Error(`seed ${seed}: ${error.message}\n${subgraph.sdl}`);
          throw error;
        },
      );
      const supergraph = await readSupergraph(composed.sdl);
      const { requirements, apiSchema } = supergraph;
      if (requirements === null) continue;
      const whole = await introspected(supergraph, null);
      const all = { requirements, granted: '1'.repeat(requirements.all.length) };
      expect(typesIn(await introspected(supergraph, all), whole)).toEqual(
        typesIn(whole, await introspected(supergraph, all)),
      );
      for (let mask = 0; mask < 2 ** SCOPES.length; mask++) {
        const scopes = SCOPES.filter((_, index) => (mask & (1 << index)) !== 0);
        const isFulfilled = (index: number) =>
          requirements.all[index]?.anyOf.some((names) => names.every((name) => (scopes as string[]).includes(name))) ===
          true;
        const granted = requirements.all.map((_, index) => (isFulfilled(index) ? '1' : '0')).join('');
        const context = `seed ${seed}, scopes ${scopes.join()}`;
        const text = await introspected(supergraph, { requirements, granted });
        expect([context, hiddenNames(subgraph, scopes, apiSchema).filter((name) => text.includes(name))]).toEqual([
          context,
          [],
        ]);
        const schema = clientSchema(text);
        const wrong = validateSchema(schema).map(({ message }) => message);
        expect([context, wrong.filter((message) => !message.startsWith('Type Query must define'))]).toEqual([
          context,
          [],
        ]);
        const found = new Set<string>();
        for (const operation of operationsFor(schema, found)) {
          const document = parse(operation);
          const [definition] = document.definitions;
          if (definition?.kind !== 'OperationDefinition') throw new Error('no operation');
          const left = filterOperation({
            document,
            operation: definition,
            schema: apiSchema,
            requirements,
            isFulfilled,
          });
          expect([context, operation, left.shape.refused.size]).toEqual([context, operation, 0]);
        }
        const shown = Object.values(schema.getTypeMap()).filter(
          (type) => isCompositeType(type) && !type.name.startsWith('__'),
        );
        expect([context, shown.filter(({ name }) => !found.has(name))]).toEqual([context, []]);
        filtered += text === whole ? 0 : 1;
        unions += subgraph.interfaces.filter((name) => isUnionType(schema.getType(name))).length;
      }
    }
    expect(filtered).toBeGreaterThan(CASES);
    expect(unions).toBeGreaterThan(0);
  }, 120_000);
});
