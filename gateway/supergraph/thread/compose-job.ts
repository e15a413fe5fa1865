import { isMainThread } from 'node:worker_threads';
import { composeServices } from '@apollo/composition';
import { type DocumentNode, GraphQLError, parse, Source } from 'graphql';
import { withKnownSpecs } from '../known-specs';
import { oneOfInputs, withOneOf, withoutOneOf } from '../one-of';
import type { CompositionProblem, SubgraphDefinition } from '../supergraph';
import { withWrittenDefaults } from '../written-defaults';
import { duplicateNamedIn, duplicatesIn } from './duplicates';
import { explained } from './explained-problems';
import { type Composed, type ComposeJob, type Refused, refused } from './jobs';
import { oneOfProblems } from './one-of-problems';
import { documentedErrors, problemsOf } from './problems';
import { renamedRootMembersIn } from './renamed-root-members';
import { checkSubgraphNames } from './subgraph-names';

/** Tokens of one subgraph's SDL: some hundred times what the largest public schemas have. */
const TOKENS_MAX = 5_000_000;

/**
 * Composes. Takes seconds of CPU for large graphs, so it refuses to run where clients are answered.
 * @throws {Error} on the main thread, or what the library throws without documenting it
 */
export function runComposeJob(job: ComposeJob): Composed | Refused {
  if (isMainThread) throw new Error('composition runs in its own thread only');
  const wrongNames = checkSubgraphNames(job.subgraphs);
  if (wrongNames.length > 0) return refused(wrongNames);
  const parsed = job.subgraphs.map(parseSubgraph);
  const syntaxProblems = parsed.flatMap((subgraph) => ('problem' in subgraph ? [subgraph.problem] : []));
  if (syntaxProblems.length > 0) return refused(syntaxProblems);
  const subgraphs = parsed.flatMap((subgraph) => ('document' in subgraph ? [subgraph] : []));
  const oneOf = oneOfProblems(subgraphs.map(({ definition: { name }, document }) => ({ name, document })));
  return oneOf.length > 0 ? refused(oneOf) : compose(subgraphs);
}

interface ParsedSubgraph {
  readonly definition: SubgraphDefinition;
  readonly source: Source;
  readonly document: DocumentNode;
}

function parseSubgraph(definition: SubgraphDefinition): ParsedSubgraph | { readonly problem: CompositionProblem } {
  const source = new Source(definition.sdl, definition.name);
  try {
    return { definition, source, document: withKnownSpecs(parse(source, { maxTokens: TOKENS_MAX })) };
  } catch (error) {
    return { problem: syntaxProblem(definition.name, error) };
  }
}

function syntaxProblem(subgraph: string, error: unknown): CompositionProblem {
  // The parser recurses: text nested some thousand levels deep exhausts the stack.
  if (error instanceof RangeError) {
    return { subgraph, message: 'the SDL is nested too deeply', code: 'INVALID_GRAPHQL', line: null, column: null };
  }
  if (!(error instanceof GraphQLError)) throw error;
  const location = error.locations?.[0];
  return {
    subgraph,
    message: error.message,
    code: 'INVALID_GRAPHQL',
    line: location?.line ?? null,
    column: location?.column ?? null,
  };
}

function compose(subgraphs: readonly ParsedSubgraph[]): Composed | Refused {
  try {
    const result = composeServices(
      subgraphs.map(({ definition: { name, url }, document }) => ({ name, url, typeDefs: withoutOneOf(document) })),
    );
    if (result.errors !== undefined) return refused(problemsOfAll(result.errors, subgraphs));
    const hints = result.hints.map((hint) => ({ code: hint.definition.code, message: hint.message }));
    return { kind: 'composed', sdl: withWhatWasLost(result.supergraphSdl, subgraphs), hints };
  } catch (error) {
    const errors = documentedErrors(error);
    if (errors !== null) return refused(problemsOfAll(errors, subgraphs));
    const fatal = subgraphs.flatMap((one) => [...duplicateProblems(one), ...renamedMemberProblems(one)]);
    if (fatal.length === 0) throw error;
    return refused(fatal);
  }
}

/** The supergraph with what the library does not know, and with numbers that it has made doubles of. */
function withWhatWasLost(sdl: string, subgraphs: readonly ParsedSubgraph[]): string {
  const documents = subgraphs.map(({ document }) => document);
  const oneOf = new Set(documents.flatMap((document) => [...oneOfInputs(document)]));
  return withOneOf(withWrittenDefaults(sdl, documents), oneOf, true);
}

function problemsOfAll(
  errors: readonly GraphQLError[],
  subgraphs: readonly ParsedSubgraph[],
): readonly CompositionProblem[] {
  const origins = new Map(subgraphs.map(({ source, definition }) => [source, definition.name]));
  const written = subgraphs.map(({ definition, document }) => ({ name: definition.name, document }));
  return errors
    .flatMap((error) => problemsOf(error, origins))
    .map((problem) => placeDuplicate(problem, subgraphs))
    .flatMap((problem) => explained(problem, written));
}

function placeDuplicate(problem: CompositionProblem, subgraphs: readonly ParsedSubgraph[]): CompositionProblem {
  if (problem.line !== null || problem.subgraph === null) return problem;
  const subgraph = subgraphs.find(({ definition }) => definition.name === problem.subgraph);
  const duplicate = subgraph === undefined ? undefined : duplicateNamedIn(problem.message, subgraph.document);
  return duplicate === undefined ? problem : { ...problem, line: duplicate.line, column: duplicate.column };
}

function duplicateProblems({ definition, document }: ParsedSubgraph): readonly CompositionProblem[] {
  return duplicatesIn(document).map((duplicate) => ({
    subgraph: definition.name,
    code: 'INVALID_GRAPHQL',
    ...duplicate,
  }));
}

function renamedMemberProblems({ definition, document }: ParsedSubgraph): readonly CompositionProblem[] {
  return renamedRootMembersIn(document).map((problem) => ({ subgraph: definition.name, ...problem }));
}
