import { parse } from 'graphql';
import type { Config } from '../config/config';
import { type ErrorCode, HeadgateError, isHeadgateError } from '../errors';
import { closeCompositionThread, composeSubgraphs, printProblem, problemsOf } from '../supergraph/compose';
import type { SubgraphSource } from '../supergraph/options';
import { readTextFile } from '../supergraph/sources/read-text-file';
import { SubgraphLoader } from '../supergraph/sources/subgraph-loader';
import { DEFAULT_TIMING } from '../supergraph/sources/timing';
import type { CompositionProblem, SubgraphDefinition } from '../supergraph/supergraph';
import { checkVersion } from '../versions';
import { adapterProblems } from './rest/check';

/** Report of what was looked at, and what was not. */
export interface CheckedSupergraph {
  /** Subgraphs whose SDL was read. */
  readonly subgraphs: readonly string[];
  readonly composed: boolean;
  /** Subgraphs that would have had to be asked. */
  readonly notAsked: readonly string[];
  /** What works otherwise than it looks. */
  readonly hints: readonly string[];
}

type CheckedConfig = Pick<Config, 'supergraph' | 'subgraphs' | 'optionsFor'>;

interface Fault {
  readonly code: ErrorCode;
  readonly message: string;
}

/**
 * Checks what a gateway with this configuration would serve at its start: the supergraph file, or every SDL and adapter and
 * what they compose to. Nothing is written.
 * @param offline leaves running subgraphs alone; without their SDL the rest is read and not composed
 * @throws {HeadgateError} the code of the first fault, with all of them
 */
export async function checkSupergraph(config: CheckedConfig, offline: boolean): Promise<CheckedSupergraph> {
  const { supergraph, subgraphs } = config;
  try {
    if (supergraph.source === 'registry') return { subgraphs: [], composed: false, notAsked: [], hints: [] };
    if (supergraph.source === 'subgraphs') return await checkSubgraphs(config, restNames(subgraphs), offline);
    const hints = await checkSupergraphFile(supergraph.path ?? '', config);
    return { subgraphs: [], composed: true, notAsked: [], hints };
  } finally {
    await closeCompositionThread();
  }
}

function restNames(subgraphs: Config['subgraphs']): ReadonlySet<string> {
  return new Set([...subgraphs.values()].filter(({ kind }) => kind === 'rest').map(({ name }) => name));
}

async function checkSupergraphFile(path: string, config: CheckedConfig): Promise<readonly string[]> {
  const text = await readTextFile(path);
  if (text.trim() === '') throw new HeadgateError('SUPERGRAPH_INVALID', `${path} is empty`);
  try {
    const hints = await checkVersion({ sdl: text, instances: new Map() }, config);
    return hints.map(({ message }) => message);
  } catch (error) {
    if (!isHeadgateError(error)) throw error;
    throw new HeadgateError(error.code, `${path}: ${error.message}`, { cause: error });
  }
}

async function checkSubgraphs(
  config: CheckedConfig,
  rest: ReadonlySet<string>,
  offline: boolean,
): Promise<CheckedSupergraph> {
  const { subgraphs } = config.supergraph;
  const notAsked = offline ? subgraphs.filter(({ schema }) => !('file' in schema)) : [];
  const wanted = subgraphs.filter((subgraph) => !notAsked.includes(subgraph));
  const { definitions, faults } = await readAll(wanted);
  const files = new Map(wanted.flatMap(({ name, schema }) => ('file' in schema ? [[name, schema.file]] : [])));
  const warnings: string[] = [];
  for (const { name, sdl } of definitions) {
    const place = files.get(name) ?? `subgraph ${name}`;
    faults.push(...(rest.has(name) ? adapterFaults(name, sdl, place, warnings) : faultsOf(name, sdl, place)));
  }
  const composed = faults.length === 0 && notAsked.length === 0;
  const hints = composed ? await compositionHints(definitions, files, config, faults) : [];
  const [first] = faults;
  if (first !== undefined) throw new HeadgateError(first.code, faults.map(({ message }) => message).join('\n'));
  return {
    subgraphs: definitions.map(({ name }) => name),
    composed,
    notAsked: notAsked.map(({ name }) => name),
    hints: [...warnings, ...hints],
  };
}

async function readAll(
  subgraphs: readonly SubgraphSource[],
): Promise<{ definitions: readonly SubgraphDefinition[]; faults: Fault[] }> {
  const loader = new SubgraphLoader(DEFAULT_TIMING, new AbortController().signal, new Map());
  try {
    const failures = await loader.load(subgraphs);
    const definitions = subgraphs.flatMap(({ name, url }) => {
      const sdl = loader.sdlOf(name);
      return sdl === undefined ? [] : [{ name, url, sdl }];
    });
    const asked = new Set(subgraphs.flatMap(({ name, schema }) => ('file' in schema ? [] : [name])));
    const faults = [...failures].map(([name, error]) => {
      const { code, message } = faultOf(error);
      return { code, message: asked.has(name) ? `${message}; start it, or leave it out with --offline` : message };
    });
    return { definitions, faults };
  } finally {
    await loader.close();
  }
}

/** What is wrong with one SDL alone. @param place the file, or whose answer it is */
function faultsOf(name: string, sdl: string, place: string): Fault[] {
  if (sdl.trim() === '') return [emptyFault(name, place)];
  try {
    parse(sdl, { noLocation: true });
    return [];
  } catch (error) {
    const { message, locations = [] } = error as { message: string; locations?: { line: number; column: number }[] };
    const at = locations[0] === undefined ? '' : `:${locations[0].line}:${locations[0].column}`;
    return [{ code: 'COMPOSITION_FAILED', message: `${place}${at} ${message}` }];
  }
}

/** The same for a REST adapter. @param warnings gets what works, and seldom as it was meant */
function adapterFaults(name: string, sdl: string, place: string, warnings: string[]): Fault[] {
  if (sdl.trim() === '') return [emptyFault(name, place)];
  const found = adapterProblems(name, sdl);
  warnings.push(...found.warnings.map((warning) => `warning: ${place}:${warning}`));
  return found.problems.map((problem) => ({ code: 'CONNECT_INVALID', message: `${place}:${problem}` }));
}

function emptyFault(name: string, place: string): Fault {
  const message = `${place} is empty; write the SDL of ${name} into it, or take the subgraph out`;
  return { code: 'COMPOSITION_FAILED', message };
}

/** @param faults gets what is wrong */
async function compositionHints(
  definitions: readonly SubgraphDefinition[],
  files: ReadonlyMap<string, string>,
  config: CheckedConfig,
  faults: Fault[],
): Promise<readonly string[]> {
  try {
    const { sdl } = await composeSubgraphs(definitions);
    const hints = await checkVersion({ sdl, instances: new Map() }, config);
    return hints.map(({ message }) => message);
  } catch (error) {
    if (!isHeadgateError(error)) throw error;
    const problems = error.code === 'COMPOSITION_FAILED' ? problemsOf(error) : [];
    if (problems.length === 0) faults.push(faultOf(error));
    for (const problem of problems) faults.push({ code: error.code, message: printProblem(inFile(problem, files)) });
    return [];
  }
}

/** The problem with the file in the place of the subgraph's name. */
function inFile(problem: CompositionProblem, files: ReadonlyMap<string, string>): CompositionProblem {
  const { subgraph } = problem;
  return { ...problem, subgraph: subgraph === null ? null : (files.get(subgraph) ?? subgraph) };
}

function faultOf(error: unknown): Fault {
  if (isHeadgateError(error)) return error;
  throw error;
}
