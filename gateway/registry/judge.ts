import type { CompositionHint, SubgraphDefinition } from '../supergraph/supergraph';
import { type Change, changesBetween } from './changes';
import type { Head } from './history';
import { type GraphState, type Instance, routingUrl } from './state';
import { blobHash, type Storage } from './storage/storage';

/** Makes supergraphs of subgraphs, and tries one before it is stored. */
export interface Composer {
  /** @throws {HeadgateError} COMPOSITION_FAILED with `details.problems` */
  readonly compose: (subgraphs: readonly SubgraphDefinition[]) => Promise<Composed>;
  /**
   * Everything that serving it would refuse.
   * @throws {HeadgateError} SUPERGRAPH_INVALID
   */
  readonly validate: (sdl: string, instances: ReadonlyMap<string, readonly Instance[]>) => Promise<unknown>;
}

interface Composed {
  readonly sdl: string;
  readonly hints: readonly CompositionHint[];
}

/** The state that a change asks for. */
export interface Wish {
  readonly state: GraphState;
  /** SDL that the storage does not hold yet. */
  readonly texts: readonly string[];
  /** The supergraph when it was composed before; null composes. */
  readonly supergraph: string | null;
}

/** Result of a check: what would come of a proposed change. */
export interface Judgement {
  /** Empty when the wish is what holds already. */
  readonly changes: readonly Change[];
  readonly supergraph: string;
  readonly supergraphChanges: boolean;
  readonly hints: readonly CompositionHint[];
}

type TextOf = (hash: string) => Promise<string>;

/**
 * Composes what is wished for against the head and tells what it changes; stores nothing.
 * @throws {HeadgateError} COMPOSITION_FAILED, SUPERGRAPH_INVALID; REGISTRY_CORRUPT
 */
export async function judge(storage: Storage, composer: Composer, head: Head | null, wish: Wish): Promise<Judgement> {
  const texts = new Map(wish.texts.map((text) => [blobHash(text), text]));
  const textOf: TextOf = async (hash) => texts.get(hash) ?? (await storage.blob(hash));
  const { sdl, hints } =
    head !== null && composesTheSame(head.state, wish.state)
      ? { sdl: await storage.blob(head.revision.supergraph), hints: [] }
      : await composeWish(composer, wish, textOf);
  // After composing, so that only SDL that the composer's thread could take is compared on this one.
  const changes = await changesBetween(head?.state ?? new Map(), wish.state, textOf);
  return { changes, supergraph: sdl, supergraphChanges: blobHash(sdl) !== head?.revision.supergraph, hints };
}

/** Weights and further instances are no part of the supergraph. */
function composesTheSame(a: GraphState, b: GraphState): boolean {
  if (a.size !== b.size) return false;
  return [...a.values()].every((before) => {
    const after = b.get(before.name);
    return after !== undefined && before.sdl === after.sdl && routingUrl(before) === routingUrl(after);
  });
}

async function composeWish(composer: Composer, wish: Wish, textOf: TextOf): Promise<Composed> {
  const composed =
    wish.supergraph === null
      ? await composer.compose(await definitionsOf(wish.state, textOf))
      : { sdl: wish.supergraph, hints: [] };
  await composer.validate(composed.sdl, new Map([...wish.state].map(([name, { instances }]) => [name, instances])));
  return composed;
}

async function definitionsOf(state: GraphState, textOf: TextOf): Promise<readonly SubgraphDefinition[]> {
  const definitions: SubgraphDefinition[] = [];
  for (const subgraph of state.values()) {
    definitions.push({ name: subgraph.name, url: routingUrl(subgraph), sdl: await textOf(subgraph.sdl) });
  }
  return definitions;
}
