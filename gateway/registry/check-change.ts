import type { LintFinding } from '../supergraph/lint/lint';
import type { CompositionHint, SubgraphDefinition } from '../supergraph/supergraph';
import { type Change, changesBetween } from './changes';
import type { Head } from './history';
import type { Judgement } from './judgement';
import { type GraphState, type Instance, routingUrl } from './state';
import { blobHash, type Storage } from './storage/storage';

/** Makes supergraphs of subgraphs, and tries one before it is stored. */
export interface Composer {
  /** @throws {HeadgateError} COMPOSITION_FAILED with `details.problems` */
  readonly compose: (subgraphs: readonly SubgraphDefinition[]) => Promise<Composed>;
  /**
   * Everything that serving it would refuse.
   * @returns what works otherwise than it looks
   * @throws {HeadgateError} SUPERGRAPH_INVALID
   */
  readonly validate: (
    sdl: string,
    instances: ReadonlyMap<string, readonly Instance[]>,
  ) => Promise<readonly CompositionHint[]>;
  /** What of an SDL breaks rules and did not in the one before; absent: there are none. */
  readonly lint?: (subgraph: string, before: string | null, sdl: string) => Promise<readonly LintFinding[]>;
  /** What a change of the supergraph means for those who ask; absent: nobody looks. */
  readonly judge?: (before: string, after: string) => Promise<Judgement>;
}

interface Composed {
  readonly sdl: string;
  readonly hints: readonly CompositionHint[];
}

/** The state that a change asks for. */
export interface ProposedChange {
  readonly state: GraphState;
  /** SDL that the storage does not hold yet. */
  readonly texts: readonly string[];
  /** The supergraph when it was composed before; null composes. */
  readonly supergraph: string | null;
}

/** Result of a check: what would come of a proposed change. */
export interface CheckResult {
  /** Empty when the proposed is what holds already. */
  readonly changes: readonly Change[];
  readonly supergraph: string;
  readonly supergraphChanges: boolean;
  readonly hints: readonly CompositionHint[];
  /** Null: there is nothing to judge. */
  readonly judgement: Judgement | null;
  /** What breaks rules and did not before. */
  readonly lint: readonly LintFinding[];
}

type TextOf = (hash: string) => Promise<string>;

/**
 * Composes what is proposed against the head and tells what it changes; stores nothing.
 * @throws {HeadgateError} COMPOSITION_FAILED, SUPERGRAPH_INVALID; REGISTRY_CORRUPT
 */
export async function checkChange(
  storage: Storage,
  composer: Composer,
  head: Head | null,
  proposed: ProposedChange,
): Promise<CheckResult> {
  const texts = new Map(proposed.texts.map((text) => [blobHash(text), text]));
  const textOf: TextOf = async (hash) => texts.get(hash) ?? (await storage.blob(hash));
  const { sdl, hints } =
    head !== null && composesTheSame(head.state, proposed.state)
      ? { sdl: await storage.blob(head.revision.supergraph), hints: [] }
      : await composeProposed(composer, proposed, textOf);
  // After composing, so that only SDL that the composer's thread could take is compared on this one.
  const changes = await changesBetween(head?.state ?? new Map(), proposed.state, textOf);
  const supergraphChanges = blobHash(sdl) !== head?.revision.supergraph;
  const judgement = supergraphChanges && head !== null ? await judged(storage, composer, head, proposed, sdl) : null;
  const lint = await linted(composer.lint, head, proposed, textOf);
  return { changes, supergraph: sdl, supergraphChanges, hints, judgement, lint };
}

/** Of what somebody has just written: what was published before is as it is. */
async function linted(
  lint: Composer['lint'],
  head: Head | null,
  { state, texts }: ProposedChange,
  textOf: TextOf,
): Promise<readonly LintFinding[]> {
  if (lint === undefined) return [];
  const written = new Set(texts.map(blobHash));
  const findings: LintFinding[] = [];
  for (const { name, sdl } of state.values()) {
    const before = head?.state.get(name)?.sdl;
    if (!written.has(sdl) || sdl === before) continue;
    findings.push(...(await lint(name, before === undefined ? null : await textOf(before), await textOf(sdl))));
  }
  return findings;
}

/** What was served before may be served again, whatever it breaks: it is the remedy. */
async function judged(
  storage: Storage,
  { judge }: Composer,
  { revision }: Head,
  { supergraph }: ProposedChange,
  sdl: string,
): Promise<Judgement | null> {
  if (judge === undefined || supergraph !== null) return null;
  return judge(await storage.blob(revision.supergraph), sdl);
}

/** Weights and further instances are no part of the supergraph. */
function composesTheSame(a: GraphState, b: GraphState): boolean {
  if (a.size !== b.size) return false;
  return [...a.values()].every((before) => {
    const after = b.get(before.name);
    return after !== undefined && before.sdl === after.sdl && routingUrl(before) === routingUrl(after);
  });
}

async function composeProposed(composer: Composer, proposed: ProposedChange, textOf: TextOf): Promise<Composed> {
  const composed =
    proposed.supergraph === null
      ? await composer.compose(await definitionsOf(proposed.state, textOf))
      : { sdl: proposed.supergraph, hints: [] };
  const instances = new Map([...proposed.state].map(([name, { instances }]) => [name, instances]));
  const more = await composer.validate(composed.sdl, instances);
  return { sdl: composed.sdl, hints: [...composed.hints, ...more] };
}

async function definitionsOf(state: GraphState, textOf: TextOf): Promise<readonly SubgraphDefinition[]> {
  const definitions: SubgraphDefinition[] = [];
  for (const subgraph of state.values()) {
    definitions.push({ name: subgraph.name, url: routingUrl(subgraph), sdl: await textOf(subgraph.sdl) });
  }
  return definitions;
}
