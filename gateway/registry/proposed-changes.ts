import { HeadgateError } from '../errors';
import { NOWHERE } from './changes';
import type { ProposedChange } from './check-change';
import { checkName, type Declaration, SUBGRAPHS_MAX } from './declaration';
import { type Head, revisionAt, stateOf } from './history';
import { nearName } from './near-name';
import type { Instance } from './state';
import { blobHash, type Storage } from './storage/storage';

/**
 * The head with one subgraph declared.
 * @param mayCreate true takes a new name even when it looks like a misspelling
 * @throws {HeadgateError} INVALID_ARGUMENT, NAME_NEEDS_CONFIRMATION
 */
export function proposePublish(head: Head | null, declared: Declaration, mayCreate: boolean): ProposedChange {
  const { name, sdl } = declared;
  const known = head?.state.get(name);
  const instances = instancesOf(declared, known?.instances);
  const names = [...(head?.state.keys() ?? [])];
  if (known === undefined) checkNewName(name, names, mayCreate);
  if (instances === undefined) {
    throw new HeadgateError('INVALID_ARGUMENT', `subgraph ${name} is new and needs an instance: pass its url`);
  }
  const state = new Map(head?.state);
  state.set(name, { name, sdl: blobHash(sdl), instances, revision: (head?.revision.revision ?? 0) + 1 });
  return { state, texts: [sdl], supergraph: null };
}

/**
 * The head with several subgraphs declared.
 * @throws {HeadgateError} INVALID_ARGUMENT, NAME_NEEDS_CONFIRMATION
 */
export function proposeBatch(head: Head | null, declared: readonly Declaration[], mayCreate: boolean): ProposedChange {
  const state = new Map(head?.state);
  const texts: string[] = [];
  for (const one of declared) {
    const proposed = proposePublish(head, one, mayCreate);
    const of = proposed.state.get(one.name);
    if (of !== undefined) state.set(one.name, of);
    texts.push(...proposed.texts);
  }
  if (state.size > SUBGRAPHS_MAX)
    throw new HeadgateError(
      'INVALID_ARGUMENT',
      `the graph would have ${state.size} subgraphs; it takes ${SUBGRAPHS_MAX}`,
    );
  return { state, texts, supergraph: null };
}

/** Proposes what publishing would, but a new subgraph needs no URL yet. */
export function proposeCheck(head: Head | null, declared: Declaration, mayCreate: boolean): ProposedChange {
  const instances = instancesOf(declared, head?.state.get(declared.name)?.instances) ?? NOWHERE;
  return proposePublish(head, { ...declared, instances }, mayCreate);
}

/** Those declared, or those there are; a REST adapter needs none. Undefined: nobody says where it is. */
function instancesOf(
  { instances, sdl }: Declaration,
  before: readonly Instance[] = [],
): readonly Instance[] | undefined {
  if (instances !== null) return instances;
  return before.length > 0 || isAdapter(sdl) ? before : undefined;
}

/** Whether an SDL is a REST adapter, which says itself where its services are. */
function isAdapter(sdl: string): boolean {
  return sdl.includes('https://specs.apollo.dev/connect/');
}

function checkNewName(name: string, names: readonly string[], mayCreate: boolean): void {
  if (names.length >= SUBGRAPHS_MAX) {
    throw new HeadgateError('INVALID_ARGUMENT', `the graph has ${names.length} subgraphs, which is the most it takes`);
  }
  const near = mayCreate ? null : nearName(name, names);
  if (near === null) return;
  throw new HeadgateError(
    'NAME_NEEDS_CONFIRMATION',
    `there is no subgraph ${name}: did you mean ${near}? To create ${name}, pass create=true (--create)`,
  );
}

/**
 * The head without one subgraph.
 * @throws {HeadgateError} NOT_FOUND, LAST_SUBGRAPH
 */
export function proposeDelete(head: Head | null, name: string): ProposedChange {
  checkName(name);
  const state = new Map(head?.state);
  if (!state.delete(name)) throw unknownSubgraph(name, head);
  if (state.size === 0) {
    throw new HeadgateError(
      'LAST_SUBGRAPH',
      `${name} is the only subgraph: without it there would be nothing to serve`,
    );
  }
  return { state, texts: [], supergraph: null };
}

/** @throws {HeadgateError} NOT_FOUND */
export async function proposeRollBack(storage: Storage, graph: string, number: number): Promise<ProposedChange> {
  const revision = await revisionAt(storage, graph, number);
  const [state, supergraph] = await Promise.all([stateOf(storage, revision), storage.blob(revision.supergraph)]);
  return { state, texts: [], supergraph };
}

export function unknownSubgraph(name: string, head: Head | null): HeadgateError {
  const near = nearName(name, head?.state.keys() ?? []);
  const hint = near === null ? '' : `; did you mean ${near}?`;
  return new HeadgateError('NOT_FOUND', `there is no subgraph ${name}${hint}`);
}
