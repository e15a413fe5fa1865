import { GraphQLError } from 'graphql';
import { isHeadgateError } from '../errors';
import { announce } from '../events';
import type { SubgraphError } from '../transport/fetch-answer';
import type { CompiledFetch } from './compiled-fetch';
import type { Path } from './paths';
import { type AnswerSink, pathOf, type Target } from './prepared-fetch';
import type { ShownError } from './withheld-errors';

/** Extensions that tell about a subgraph's inside. */
const PRIVATE_EXTENSIONS: ReadonlySet<string> = new Set(['stacktrace', 'exception']);
/** An error goes to every place that it is about: what is long once must not become endless. */
const MESSAGE_CHARACTERS_MAX = 10_000;
const EXTENSIONS_CHARACTERS_MAX = 10_000;
const PATH_ELEMENTS_MAX = 500;

function shownExtensions(extensions: SubgraphError['extensions'], subgraph: string): Record<string, unknown> {
  const kept = Object.fromEntries(Object.entries(extensions ?? {}).filter(([key]) => !PRIVATE_EXTENSIONS.has(key)));
  const code = typeof kept.code === 'string' && kept.code.length < 200 ? kept.code : 'DOWNSTREAM_SERVICE_ERROR';
  const isShort = JSON.stringify(kept).length <= EXTENSIONS_CHARACTERS_MAX;
  return { ...(isShort ? kept : {}), code, serviceName: subgraph };
}

function shown({ message, extensions }: SubgraphError, subgraph: string): ShownError {
  return { message: message.slice(0, MESSAGE_CHARACTERS_MAX), extensions: shownExtensions(extensions, subgraph) };
}

/** Finds where an error is, seen from the places in the client's answer that the fetch is about; null: nowhere in particular. */
export type Locate = (path: Path) => readonly Path[] | null;

/** A place of the client's answer that a fetch adds to. */
export interface Place {
  readonly step: CompiledFetch;
  readonly target: Target;
}

/**
 * The errors that a subgraph answered, each once for every place in the client's answer that it is about.
 * @param places all that the request is about
 */
export function addSubgraphErrors(
  into: AnswerSink,
  subgraph: string,
  errors: readonly SubgraphError[],
  places: () => readonly Place[],
  locate: Locate,
): void {
  if (errors.length === 0) return;
  const withheld = into.withheldOf(subgraph);
  for (const error of errors) {
    if (into.isFullOfErrors) break;
    const path = error.path ?? [];
    const original = shown(error, subgraph);
    const { message, extensions } = withheld === null ? original : withheld.withhold(original, path);
    const located = path.length === 0 || path.length > PATH_ELEMENTS_MAX ? null : locate(path);
    if (located === null) addFetchError(into, new GraphQLError(message, { extensions }), places());
    else for (const one of located) into.addError(new GraphQLError(message, { extensions, path: one }));
  }
  withheld?.tell();
}

/** A path of a subgraph's answer in the client's keys. */
export function publicPath(step: CompiledFetch, path: Path): Path {
  return path.map((element) => (typeof element === 'string' ? step.publicKey(element) : element));
}

/** The longest path that leads to all of them. */
function commonPath(paths: readonly Path[]): Path {
  const [first = [], ...others] = paths;
  let length = first.length;
  for (const path of others) {
    let same = 0;
    while (same < length && path[same] === first[same]) same++;
    length = same;
  }
  return first.slice(0, length);
}

/** What a fetch leaves null at a place: one at a root type the fields that it asked for, not the whole object. */
function coveredPaths({ step, target }: Place): readonly Path[] {
  const path = pathOf(step.path, target);
  return step.representation === null ? step.rootKeys.map((key) => [...path, key]) : [path];
}

/** An error about a whole fetch. */
function addFetchError(into: AnswerSink, error: GraphQLError, places: readonly Place[]): void {
  const covered = places.flatMap(coveredPaths);
  const path = commonPath(covered);
  const { message, extensions } = error;
  into.addError(path.length === 0 ? error : new GraphQLError(message, { extensions, path }), covered);
}

/** What this gateway itself refuses to ask tells nothing of a subgraph. */
const OWN_REFUSAL = 'SUBGRAPH_COST_ESTIMATED_TOO_EXPENSIVE';

/** A fetch that failed as a whole: the answer names the subgraph and a code at most, never an address or a body. */
export function addFetchFailure(into: AnswerSink, subgraph: string, error: unknown, places: readonly Place[]): void {
  if (!isHeadgateError(error)) announce('internal.error', { where: `fetch from ${subgraph}`, error });
  // Among them is what an error that ends the operation has cut off.
  if (into.isFullOfErrors) return;
  const code = isHeadgateError(error) ? error.code : 'INTERNAL';
  const reason = isHeadgateError(error) ? error.message : `the fetch from subgraph ${subgraph} failed`;
  const status = isHeadgateError(error) ? error.details?.status : undefined;
  const http = typeof status === 'number' ? { http: { status } } : {};
  const costs = isHeadgateError(error, OWN_REFUSAL) ? error.details : {};
  const original: ShownError = { message: reason, extensions: { code, serviceName: subgraph, ...http, ...costs } };
  const withheld = code === OWN_REFUSAL ? null : into.withheldOf(subgraph);
  const { message, extensions } = withheld === null ? original : withheld.withhold(original, []);
  withheld?.tell();
  addFetchError(into, new GraphQLError(message, { extensions }), places);
}

/** Entities that are no objects: an error at each of their places. */
export function addMisfits(into: AnswerSink, subgraph: string, places: readonly Place[]): void {
  if (places.length === 0) return;
  const original: ShownError = {
    message: `${subgraph} answered an entity that is not an object`,
    extensions: { code: 'SUBGRAPH_RESPONSE_INVALID', serviceName: subgraph },
  };
  const withheld = into.withheldOf(subgraph);
  for (const { step, target } of places) {
    if (into.isFullOfErrors) break;
    const path = pathOf(step.path, target);
    const { message, extensions } = withheld === null ? original : withheld.withhold(original, path);
    into.addError(new GraphQLError(message, { extensions, path }));
  }
  withheld?.tell();
}
