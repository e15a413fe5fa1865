import { errorCauses, errorCode } from '@apollo/federation-internals';
import type { ASTNode, GraphQLError, Source } from 'graphql';
import type { CompositionProblem } from '../supergraph';

/** Subgraph name of each parsed text, so that a node can be traced to its subgraph whatever the error says. */
export type Origins = ReadonlyMap<Source, string>;

interface Place {
  readonly subgraph: string | null;
  readonly line: number | null;
  readonly column: number | null;
}

const NOWHERE: Place = { subgraph: null, line: null, column: null };

/** The errors inside what the library threw; null when it is not one of its documented errors. */
export function documentedErrors(error: unknown): readonly GraphQLError[] | null {
  return error instanceof Error ? (errorCauses(error) ?? null) : null;
}

/**
 * One problem for each subgraph that the error points into, at its first place there; one without a line when it
 * points nowhere.
 */
export function problemsOf(error: GraphQLError, origins: Origins): readonly CompositionProblem[] {
  const code = errorCode(error) ?? 'INVALID_GRAPHQL';
  const prefix = prefixOf(error.message, origins);
  const message = prefix === null ? error.message : error.message.slice(prefix.length + 3);
  const places = placesOf(error, origins);
  const fallback = { ...NOWHERE, subgraph: prefix };
  return (places.length === 0 ? [fallback] : places).map((place) => ({ ...place, message, code }));
}

function placesOf(error: GraphQLError, origins: Origins): readonly Place[] {
  const first = new Map<string, Place>();
  for (const node of error.nodes ?? []) {
    const place = placeOf(node, origins);
    if (place !== null && !first.has(place.subgraph)) first.set(place.subgraph, place);
  }
  if (first.size > 0 || error.source === undefined) return [...first.values()];
  const [location] = error.locations ?? [];
  const subgraph = origins.get(error.source);
  if (location === undefined || subgraph === undefined) return [];
  return [{ subgraph, line: location.line, column: location.column }];
}

function placeOf(node: ASTNode, origins: Origins): (Place & { readonly subgraph: string }) | null {
  if (node.loc === undefined) return null;
  const subgraph = origins.get(node.loc.source);
  if (subgraph === undefined) return null;
  const token = node.loc.startToken;
  return { subgraph, line: token.line, column: token.column };
}

/** The library writes `[products] …` in front of what concerns one subgraph. */
function prefixOf(message: string, origins: Origins): string | null {
  for (const name of origins.values()) if (message.startsWith(`[${name}] `)) return name;
  return null;
}
