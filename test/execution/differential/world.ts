import { type GraphQLSchema, getOperationAST, parse } from 'graphql';
import { HeadgateError } from '../../../gateway/errors';
import { createOperation, type Operation } from '../../../gateway/execution/operation';
import { Compiler } from '../../../gateway/execution/programs';
import { parseJson } from '../../../gateway/json/parse';
import { stringifyJson } from '../../../gateway/json/stringify';
import { loadPlanner } from '../../../gateway/planning/apollo/load-planner';
import { composeSubgraphs } from '../../../gateway/supergraph/compose';
import { readSupergraph } from '../../../gateway/supergraph/read';
import type { FetchStep } from '../../../gateway/transport/fetch';
import type { FetchContent, SubgraphError } from '../../../gateway/transport/fetch-answer';
import { allVariables } from '../../../gateway/transport/fetch-request';
import { parseAnswer } from '../../../gateway/transport/parse-answer';
import { fetchAnswer } from '../../fixtures/fetches';
import { newFlight } from '../../fixtures/flight';
import type { Answer } from './answers';
import { Data, hash } from './data';
import type { Fault } from './model';
import { canonicalIn, readJson, writeJson } from './numbers';
import type { GeneratedOperation } from './operations';
import { type Schema, subgraphsOf } from './schema';
import { subgraphSdl } from './sdl';
import type { See } from './seen';
import { createStock, type Stock } from './stock';
import { createSubgraph, createWhole, type Service } from './subgraph';

/** `own`: each combination of conditions has one; `general`: one for all of them. */
type Programs = 'own' | 'general';

/** One schema, split and whole, over the same data. */
export interface World {
  readonly schema: Schema;
  readonly whole: GraphQLSchema;
  /** What one schema answers that holds everything. */
  truth(operation: GeneratedOperation, fault: Fault): Promise<Answer>;
  /** What our engine answers over the subgraphs; `programs` says which ones answer. */
  ours(operation: GeneratedOperation, fault: Fault, labels: readonly string[], programs?: Programs): Promise<Answer>;
  /** What Apollo's own gateway answers. */
  stock(operation: GeneratedOperation, fault: Fault): Promise<Answer>;
  close(): Promise<void>;
}

/** As JSON has it. */
function answerIn(text: string | undefined): Answer {
  return readJson(text ?? '') as Answer; // as: whoever writes it
}

async function plainAnswer(service: Service, { query, variables }: GeneratedOperation, data: Data): Promise<Answer> {
  const known = canonicalIn(variables) as Record<string, unknown>; // as: an object stays one
  const result = await service(query, known, data);
  return answerIn(JSON.stringify({ data: canonicalIn(result.data ?? null), errors: result.errors ?? [] }));
}

function failed(path: SubgraphError['path']): SubgraphError {
  return { message: 'a test has it fail', path, extensions: undefined };
}

/** What a subgraph makes of a request at fault, or null when it is not. @throws {HeadgateError} in place of an answer */
function brokenAnswer(text: string, answer: FetchContent): FetchContent | null {
  const chance = hash(text) % 10;
  if (chance === 0) throw new HeadgateError('SUBGRAPH_UNREACHABLE', 'a test has it fail');
  if (chance === 1) return { data: null, errors: [failed(undefined)], extensions: null, bytes: 0 };
  if (chance > 4) return null;
  const lists = Object.entries(answer.data ?? {}).filter(([key]) => key.startsWith('_e'));
  const chosen = lists.map(([key, list]) => ({
    key,
    list,
    at: hash(text + key) % Math.max(1, Array.isArray(list) ? list.length : 1),
  }));
  if (chosen.length === 0) return null;
  const broken = chosen.map(({ key, list, at }) => [key, Array.isArray(list) ? list.with(at, null) : list]);
  const errors = chosen.map(({ key, at }) => failed([key, at]));
  const data = { ...answer.data, ...Object.fromEntries(broken) };
  return { data, errors: [...answer.errors, ...errors], extensions: null, bytes: 0 };
}

const DEPTH_MAX = 200;

/** A subgraph in this process. */
export function fetchOf(subgraph: number, service: Service, dataNow: () => Data): FetchStep {
  return async (request) => {
    const { operation } = request;
    const data = dataNow();
    const variables = allVariables(request);
    const given = readJson(variables) as Record<string, unknown>; // as: a JSON object
    const text = writeJson(await service(operation.text, given, data));
    const answer = parseAnswer(`s${subgraph}`, 200, Buffer.from(text), DEPTH_MAX);
    const { kind, seed } = data.fault;
    if (kind !== 'broken' || operation.kind === 'mutation') return fetchAnswer(answer);
    return fetchAnswer(brokenAnswer(`${seed} ${subgraph} ${variables}`, answer) ?? answer);
  };
}

/** @returns null when the subgraphs do not compose */
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

/**
 * @param see told what our engine's calls have that is counted
 * @returns null when the subgraphs do not compose
 */
export async function createWorld(schema: Schema, see: See = () => {}): Promise<World | null> {
  const sdl = await composed(schema);
  if (sdl === null) return null;
  const supergraph = await readSupergraph(sdl);
  // On this thread: a planner that is warm plans ten times faster than one in a thread of its own.
  const plan = loadPlanner({ sdl, fetchesMax: 10_000 });
  const services = subgraphsOf(schema).map((index) => createSubgraph(schema, index));
  const whole = createWhole(schema);
  let stock: Stock | undefined;
  let data = new Data(schema, { kind: 'none', seed: 0 });
  const fetches = new Map(services.map((service, index) => [`s${index}`, fetchOf(index, service, () => data)]));
  /** That of the last text: its combinations follow one another. */
  let last: { readonly key: string; readonly operations: Readonly<Record<Programs, Operation>> } | undefined;

  function operationsOf(query: string, labels: readonly string[]): Readonly<Record<Programs, Operation>> {
    const key = JSON.stringify([query, labels]);
    if (last?.key === key) return last.operations;
    const document = parse(query);
    const operation = getOperationAST(document);
    if (!operation) throw new Error('no operation');
    const input = {
      plan: plan({ query, operationName: null, labels }),
      document,
      operation,
      supergraph,
      fetches,
      hideSuggestions: false,
    };
    const operations = {
      own: createOperation({ ...input, compiler: new Compiler({ ownProgramsMax: Infinity }) }),
      general: createOperation({ ...input, compiler: new Compiler({ ownProgramsMax: 0 }) }),
    };
    last = { key, operations };
    return operations;
  }

  return {
    schema,
    whole: whole.schema,
    truth: (operation, fault) => plainAnswer(whole.ask, operation, new Data(schema, fault)),
    async ours({ query, variables }, fault, labels, programs = 'own') {
      data = new Data(schema, fault, labels, see);
      const sent = parseJson(writeJson(variables)) as Record<string, unknown>; // as: an object stays one
      const executed = await operationsOf(query, labels)[programs].execute(sent, newFlight());
      return answerIn(stringifyJson({ data: executed.data ?? null, errors: executed.errors }));
    },
    async stock(operation, fault) {
      stock ??= await createStock(sdl, supergraph.apiSchema, services);
      return await stock.ask(operation, new Data(schema, fault));
    },
    close: async () => stock?.close(),
  };
}
