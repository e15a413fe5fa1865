import { z } from 'zod';
import { HeadgateError } from '../errors';

export interface Instance {
  readonly url: string;
  /** Relative to the other instances of the subgraph. */
  readonly weight: number;
}

/** One subgraph as a revision has it. */
export interface SubgraphState {
  readonly name: string;
  /** Hash of the blob that holds its SDL. */
  readonly sdl: string;
  /** At least one; the URL of the first is the routing URL in the supergraph. */
  readonly instances: readonly Instance[];
  /** The revision that last changed it. */
  readonly revision: number;
}

/** Every subgraph of a graph at one revision, by name. */
export type GraphState = ReadonlyMap<string, SubgraphState>;

const stateShape = z.strictObject({
  subgraphs: z.array(
    z.strictObject({
      name: z.string(),
      sdl: z.string(),
      instances: z.array(z.strictObject({ url: z.string(), weight: z.number() })),
      revision: z.int().positive(),
    }),
  ),
});

/** The text of the blob of a state: the same state is always the same text. */
export function encodeState(state: GraphState): string {
  const subgraphs = [...state.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return JSON.stringify({
    subgraphs: subgraphs.map(({ name, sdl, instances, revision }) => ({
      name,
      sdl,
      instances: instances.map(({ url, weight }) => ({ url, weight })),
      revision,
    })),
  });
}

/** @throws {HeadgateError} REGISTRY_CORRUPT */
export function decodeState(text: string): GraphState {
  try {
    const { subgraphs } = stateShape.parse(JSON.parse(text));
    return new Map(subgraphs.map((subgraph) => [subgraph.name, subgraph]));
  } catch (cause) {
    throw new HeadgateError(
      'REGISTRY_CORRUPT',
      'a state is not one that this version of Headgate can read; was it written by a newer one?',
      { cause },
    );
  }
}

const HASHES = /[0-9a-f]{64}/g;

/** Whatever in the text of a state may be the hash of a blob: also in one that a newer version wrote. */
export function hashesIn(state: string): Iterable<string> {
  return state.match(HASHES) ?? [];
}

/** Empty for a REST adapter without instances: it says itself where its services are. */
export function routingUrl({ instances: [first] }: SubgraphState): string {
  return first?.url ?? '';
}

export function sameInstances(a: readonly Instance[], b: readonly Instance[]): boolean {
  return a.length === b.length && a.every(({ url, weight }, i) => url === b[i]?.url && weight === b[i]?.weight);
}
