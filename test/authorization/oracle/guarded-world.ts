import { type DocumentNode, Kind, parse, print, visit } from 'graphql';
import { DEFAULT_AUTHORIZATION } from '../../../gateway/authorization/options';
import { ReceivedCall } from '../../../gateway/call';
import { HeadgateError } from '../../../gateway/errors';
import { createOperation } from '../../../gateway/execution/operation';
import { IDENTITY } from '../../../gateway/identity';
import { parseJson } from '../../../gateway/json/parse';
import { stringifyJson } from '../../../gateway/json/stringify';
import { flights } from '../../../gateway/operations/flights';
import { Operations } from '../../../gateway/operations/operations';
import { loadPlanner } from '../../../gateway/planning/apollo/load-planner';
import { composeSubgraphs } from '../../../gateway/supergraph/compose';
import { readSupergraph } from '../../../gateway/supergraph/read';
import type { FetchStep } from '../../../gateway/transport/fetch';
import { Data } from '../../execution/differential/data';
import { canonicalIn, readJson, writeJson } from '../../execution/differential/numbers';
import type { GeneratedOperation } from '../../execution/differential/operations';
import { type Schema, subgraphsOf } from '../../execution/differential/schema';
import { subgraphSdl } from '../../execution/differential/sdl';
import { createSubgraph, createWhole } from '../../execution/differential/subgraph';
import { fetchOf } from '../../execution/differential/world';
import { LOCAL_OPTIONS } from '../../fixtures/local-operations';
import { TYPE_KEY } from './evaluate';
import { type Claims, type Protection, type ProtectionChoice, protect } from './protection';

/** What an asker was given, and what was asked of subgraphs for it. */
export interface Given {
  readonly data: unknown;
  /** Places refused for want of authorization. */
  readonly refused: readonly string[];
  readonly asked: readonly string[];
}

/** A generated federation with protected places. */
export interface GuardedWorld {
  readonly supergraph: DocumentNode;
  readonly protection: Protection;
  /** All that clients may ask for. */
  readonly whole: ReturnType<typeof createWhole>['schema'];
  /** The answer to all of an operation with {@link TYPE_KEY} in each object; null: some of it is null by itself. */
  everything(operation: GeneratedOperation): Promise<unknown>;
  ours(operation: GeneratedOperation, claims: Claims): Promise<Given>;
  /** As if nothing were protected. */
  unguarded(operation: GeneratedOperation): Promise<Given>;
}

const NO_FAULT = { kind: 'none', seed: 0 } as const;
const TIMEOUT_MS = 60_000;
const LIMITS = Object.fromEntries(
  Object.keys(LOCAL_OPTIONS.limits).map((name) => [name, { max: 1e9, mode: 'enforce' }]),
) as typeof LOCAL_OPTIONS.limits; // as: the same names

function withTypes(query: string): string {
  const typename = {
    kind: Kind.FIELD,
    alias: { kind: Kind.NAME, value: TYPE_KEY },
    name: { kind: Kind.NAME, value: '__typename' },
  } as const;
  return print(
    visit(parse(query), {
      SelectionSet: { leave: (set) => ({ ...set, selections: [typename, ...set.selections] }) },
    }),
  );
}

async function composed(schema: Schema): Promise<string | null> {
  const subgraphs = subgraphsOf(schema).map((index) => {
    return { name: `s${index}`, url: `http://s${index}.invalid`, sdl: subgraphSdl(index, schema) };
  });
  try {
    return (await composeSubgraphs(subgraphs)).sdl;
  } catch (error) {
    if (error instanceof HeadgateError && error.code === 'COMPOSITION_FAILED') return null;
    throw error;
  }
}

/** @returns null when the subgraphs do not compose */
export async function createGuardedWorld(
  schema: Schema,
  choices: readonly ProtectionChoice[],
): Promise<GuardedWorld | null> {
  const plain = await composed(schema);
  if (plain === null) return null;
  const { sdl, protection } = protect(plain, choices);
  const supergraph = await readSupergraph(sdl);
  const plan = loadPlanner({ sdl, fetchesMax: 10_000 });
  const whole = createWhole(schema);
  let data = new Data(schema, NO_FAULT);
  let asked: string[] = [];
  const fetches = new Map(
    subgraphsOf(schema).map((index) => {
      const fetch = fetchOf(index, createSubgraph(schema, index), () => data);
      const step: FetchStep = (request, flight) => {
        asked.push(request.operation.text);
        return fetch(request, flight);
      };
      return [`s${index}`, step] as const;
    }),
  );
  const planner = {
    plan: async ({ query, operationName }: { query: string; operationName: string | null }) =>
      plan({ query, operationName, labels: [] }),
    close: async () => {},
  };

  function asking(enabled: boolean) {
    const authorization = { ...DEFAULT_AUTHORIZATION, enabled };
    const operations = new Operations({ ...LOCAL_OPTIONS, limits: LIMITS, authorization }, () => {}, createOperation);
    operations.activate({ supergraph, planner, fetches, reads: new Map(), errorMasks: new Map() });
    const step = operations.prepareThen(flights(TIMEOUT_MS, true));
    return async ({ query, variables }: GeneratedOperation, claims: Claims): Promise<Given> => {
      data = new Data(schema, NO_FAULT);
      asked = [];
      const call = new ReceivedCall({}, undefined);
      if (claims !== null)
        call.facts.put(IDENTITY, { type: 'jwt', claims: {}, scopes: new Set(claims), expiresAt: null, key: '' });
      const sent = parseJson(writeJson(variables)) as Record<string, unknown>; // as: an object stays one
      const wanted = { query, variables: sent, operationName: undefined, extensions: undefined, key: null };
      const outcome = await step({ ...wanted, isReadOnly: false, ownsAnswer: false }, call);
      if (outcome.data === undefined) throw new Error(outcome.errors.map(({ message }) => message).join());
      const refused = outcome.errors.flatMap(({ path = [], extensions }) =>
        extensions?.code === 'UNAUTHORIZED_FIELD_OR_TYPE' ? [path.join('.')] : [],
      );
      return { data: readJson(stringifyJson(outcome.data) ?? ''), refused, asked };
    };
  }

  const guarded = asking(true);
  const open = asking(false);
  return {
    supergraph: parse(sdl),
    protection,
    whole: whole.schema,
    async everything({ query, variables }) {
      const known = canonicalIn(variables) as Record<string, unknown>; // as: an object stays one
      const result = await whole.ask(withTypes(query), known, new Data(schema, NO_FAULT));
      if (result.errors !== undefined) return null;
      return readJson(JSON.stringify(canonicalIn(result.data ?? null)));
    },
    ours: guarded,
    unguarded: (operation) => open(operation, null),
  };
}
