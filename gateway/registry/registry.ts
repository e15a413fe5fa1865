import { type AddressOptions, NO_ADDRESSES } from '../addresses';
import { HeadgateError, isHeadgateError } from '../errors';
import { announce } from '../events';
import type { LintFinding } from '../supergraph/lint/lint';
import type { CompositionHint } from '../supergraph/supergraph';
import { type Authorship, checkAuthorship } from './authorship';
import { type Blamed, blame } from './blame';
import { type Change, changesBetween } from './changes';
import { type CheckResult, type Composer, checkChange, type ProposedChange } from './check-change';
import { commit, type Intent, refuseUnfit } from './commit';
import { checkDeclaration, type Declaration } from './declaration';
import { type DeliveredState, headToDeliver } from './delivered-state';
import { Delivery } from './delivery';
import { type Draft, Drafts } from './drafts';
import { type Head, readHead, revisionAt, stateOf } from './history';
import type { Judgement } from './judgement';
import { RegistryKeys } from './keys';
import type { Retention } from './options';
import {
  proposeBatch,
  proposeCheck,
  proposeDelete,
  proposePublish,
  proposeRollBack,
  unknownSubgraph,
} from './proposed-changes';
import { Pruner } from './pruner';
import { PublishedOperations, type PublishedOperationsParts } from './published-operations';
import { SerialQueue } from './serial-queue';
import type { SubgraphState } from './state';
import type { Range, Revision, Storage } from './storage/storage';

export type { DeliveredState };

/** The only graph of an embedded registry, until someone can create another. */
const DEFAULT_GRAPH = 'default';

export interface RegistryParts extends Composer {
  readonly storage: Storage;
  /** Makes a revision the one that is served. Called for one revision at a time, the newest there is. */
  readonly deliver: (state: DeliveredState) => Promise<void>;
  /** Where instances may be, over what is denied by itself. */
  readonly addresses?: () => AddressOptions;
  /** Reads manifests of persisted documents; absent: none are published. */
  readonly readManifest?: PublishedOperationsParts['readManifest'];
  /** Null or absent keeps every revision. */
  readonly retention?: Retention | null;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

export interface ChangeResult {
  /** The new revision, or the head when nothing changed or nothing was to be stored. */
  readonly revision: number;
  /** The head before; 0 when there was none. */
  readonly before: number;
  readonly changes: readonly Change[];
  readonly supergraphChanges: boolean;
  readonly hints: readonly CompositionHint[];
  /** What it means for those who ask; null: nothing changes for them, or nobody looks. */
  readonly judgement: Judgement | null;
  /** What breaks rules and did not before. */
  readonly lint: readonly LintFinding[];
}

/** Permissions that whoever asks for a change gives with it. */
export interface Permits {
  /** A new name although it looks like a misspelling. */
  readonly create: boolean;
  /** Changes that break clients. */
  readonly breaking: boolean;
}

/** What would come of a draft, and the draft. */
interface DraftResult extends ChangeResult {
  readonly draft: Draft;
}

/** Every call names a graph and throws NOT_FOUND for one that does not exist. */
export interface Registry {
  /**
   * Composes with the subgraph as declared and, if that works, makes it the next revision. Resolves when it is served.
   * @throws {HeadgateError} INVALID_ARGUMENT, NAME_NEEDS_CONFIRMATION, COMPOSITION_FAILED, SUPERGRAPH_INVALID, BREAKING_CHANGE,
   *   CONFLICT, REGISTRY_BUSY, REGISTRY_WRITE_FAILED; then nothing changed. REVISION_NOT_SERVED; then it is stored
   */
  publish(graph: string, declared: Declaration, permits: Permits, by: Authorship): Promise<ChangeResult>;
  /** Several of them as one revision, or none. */
  publishAll(graph: string, declared: readonly Declaration[], permits: Permits, by: Authorship): Promise<ChangeResult>;
  /** The checked of `publish`; stores nothing. */
  check(graph: string, declared: Declaration, permits: Permits): Promise<ChangeResult>;
  /** Composed first, like a publish. @throws {HeadgateError} NOT_FOUND, LAST_SUBGRAPH and those of `publish` */
  delete(graph: string, name: string, by: Authorship, mayBreak?: boolean): Promise<ChangeResult>;
  checkDelete(graph: string, name: string, mayBreak?: boolean): Promise<ChangeResult>;
  /** A new revision that equals an older one. */
  rollBack(graph: string, revision: number, by: Authorship): Promise<ChangeResult>;
  /**
   * Keeps a declaration that composes until somebody activates it; what it would break is told, and no reason to refuse it.
   * @throws {HeadgateError} those of `publish`, but not BREAKING_CHANGE
   */
  draft(graph: string, declared: Declaration, mayCreate: boolean, by: Authorship): Promise<DraftResult>;
  drafts(graph: string): Promise<readonly Draft[]>;
  /** Publishes a draft, judged against what is current then; it is no draft any more. @throws {HeadgateError} NOT_FOUND, those of `publish` */
  activate(graph: string, number: number, mayBreak: boolean, by: Authorship): Promise<ChangeResult>;
  /** @throws {HeadgateError} NOT_FOUND */
  discard(graph: string, number: number, by: Authorship): Promise<Draft>;
  /** Null before the first publish. */
  head(graph: string): Promise<Head | null>;
  subgraph(graph: string, name: string): Promise<{ readonly state: SubgraphState; readonly sdl: string }>;
  revisions(graph: string, range: Range): Promise<readonly Revision[]>;
  /** How many of the first revisions were pruned. */
  pruned(graph: string): Promise<number>;
  revision(graph: string, revision: number): Promise<Head>;
  diff(graph: string, from: number, to: number): Promise<{ changes: readonly Change[]; supergraphChanges: boolean }>;
  /** Which revisions have changed a coordinate, the newest first. */
  blame(graph: string, coordinate: string): Promise<readonly Blamed[]>;
  /** @param revision null for the head */
  supergraph(graph: string, revision: number | null): Promise<{ revision: number; hash: string; sdl: string }>;
  /** Manifests of persisted documents. */
  readonly operations: PublishedOperations;
  /** Keys of the admin listener. */
  readonly keys: RegistryKeys;
  /** Lets changes under way finish, then closes the storage. */
  close(): Promise<void>;
}

const CHANGES_WAITING_MAX = 100;

/** Opens the registry on a storage that it closes with itself, and delivers the head if there is one. */
export async function openRegistry(parts: RegistryParts): Promise<Registry> {
  const registry = new StoredRegistry(parts);
  await registry.loadKeys();
  await registry.deliverHead();
  return registry;
}

class StoredRegistry implements Registry {
  readonly #parts: RegistryParts;
  readonly #storage: Storage;
  /** Within this process changes queue, since composing against a head that is about to move is wasted. */
  readonly #changes = new SerialQueue(CHANGES_WAITING_MAX);
  readonly #delivery: Delivery;
  readonly operations: PublishedOperations;
  readonly keys: RegistryKeys;
  readonly #drafts: Drafts;
  readonly #pruner: Pruner;
  readonly #unsubscribe: () => void;

  constructor(parts: RegistryParts) {
    this.#parts = parts;
    this.#storage = parts.storage;
    this.#delivery = new Delivery(() => this.#deliver());
    this.operations = new PublishedOperations({
      storage: this.#storage,
      graph: DEFAULT_GRAPH,
      readManifest: parts.readManifest ?? refuseManifest,
      takeOver: () => this.#delivery.again(),
    });
    this.keys = new RegistryKeys(this.#storage, DEFAULT_GRAPH);
    this.#drafts = new Drafts(this.#storage, DEFAULT_GRAPH);
    this.#pruner = new Pruner({
      storage: this.#storage,
      graph: DEFAULT_GRAPH,
      retention: parts.retention ?? null,
      queue: this.#changes,
      live: () => this.#delivery.delivered,
      now: parts.now ?? Date.now,
    });
    this.#unsubscribe = this.#storage.subscribe(({ graph, revision }) => {
      if (graph === DEFAULT_GRAPH)
        this.#delivery.reach(revision).catch((error) => announceRefusal(`registry revision ${revision}`, error));
    });
  }

  /** A damaged registry opens all the same: whoever has the token of the configuration repairs it. */
  async loadKeys(): Promise<void> {
    await this.keys.load().catch((error: unknown) => announceRefusal('keys of the registry', error));
  }

  /** A head that cannot be served must not keep the registry from opening: rolling back is the remedy. */
  async deliverHead(): Promise<void> {
    const head = await this.#storage.head(DEFAULT_GRAPH).catch((error: unknown) => {
      announceRefusal('registry', error);
      return null;
    });
    if (head === null) return;
    await this.#delivery
      .reach(head.revision)
      .catch((error) => announceRefusal(`registry revision ${head.revision}`, error));
    this.#pruner.whenDue();
  }

  async #deliver(): Promise<number> {
    const state = await headToDeliver(this.#storage, DEFAULT_GRAPH);
    if (state === null) return 0;
    await this.#parts.deliver({ ...state, operations: await this.operations.manifests() });
    return state.revision;
  }

  async publish(graph: string, declared: Declaration, permits: Permits, by: Authorship): Promise<ChangeResult> {
    checkDeclaration(declared, this.#parts.addresses?.() ?? NO_ADDRESSES);
    const proposalFor = (head: Head | null) => proposePublish(head, declared, permits.create);
    const mayBreak = permits.breaking;
    return this.#change({ graph, kind: 'publish', by, rolledBackTo: null, mayBreak, proposalFor });
  }

  async publishAll(
    graph: string,
    declared: readonly Declaration[],
    permits: Permits,
    by: Authorship,
  ): Promise<ChangeResult> {
    const names = new Set(declared.map(({ name }) => name));
    if (names.size < declared.length || names.size === 0)
      throw new HeadgateError('INVALID_ARGUMENT', 'give at least one subgraph, and each of them once');
    for (const one of declared) checkDeclaration(one, this.#parts.addresses?.() ?? NO_ADDRESSES);
    const proposalFor = (head: Head | null) => proposeBatch(head, declared, permits.create);
    return this.#change({ graph, kind: 'publish', by, rolledBackTo: null, mayBreak: permits.breaking, proposalFor });
  }

  async draft(graph: string, declared: Declaration, mayCreate: boolean, by: Authorship): Promise<DraftResult> {
    checkAuthorship(by);
    const judged = await this.check(graph, declared, { create: mayCreate, breaking: true });
    return { ...judged, draft: await this.#drafts.add(declared, judged.revision, by) };
  }

  async drafts(graph: string): Promise<readonly Draft[]> {
    checkGraph(graph);
    return this.#drafts.list();
  }

  async activate(graph: string, number: number, mayBreak: boolean, by: Authorship): Promise<ChangeResult> {
    checkGraph(graph);
    const declared = await this.#drafts.declaration(number);
    const result = await this.publish(graph, declared, { create: true, breaking: mayBreak }, by);
    // It is published: a draft that somebody has discarded meanwhile is gone, as it should be.
    await this.#drafts.remove(number, by).catch((error: unknown) => {
      if (!isHeadgateError(error, 'NOT_FOUND')) announce('internal.error', { where: `draft ${number}`, error });
    });
    return result;
  }

  async discard(graph: string, number: number, by: Authorship): Promise<Draft> {
    checkGraph(graph);
    return this.#drafts.remove(number, by);
  }

  async check(graph: string, declared: Declaration, { create, breaking }: Permits): Promise<ChangeResult> {
    checkDeclaration(declared, this.#parts.addresses?.() ?? NO_ADDRESSES);
    return this.#checkOnly(graph, breaking, (head) => proposeCheck(head, declared, create));
  }

  async delete(graph: string, name: string, by: Authorship, mayBreak = false): Promise<ChangeResult> {
    const proposalFor = (head: Head | null) => proposeDelete(head, name);
    return this.#change({ graph, kind: 'delete', by, rolledBackTo: null, mayBreak, proposalFor });
  }

  async checkDelete(graph: string, name: string, mayBreak = false): Promise<ChangeResult> {
    return this.#checkOnly(graph, mayBreak, (head) => proposeDelete(head, name));
  }

  async rollBack(graph: string, revision: number, by: Authorship): Promise<ChangeResult> {
    const proposalFor = () => proposeRollBack(this.#storage, graph, revision);
    return this.#change({ graph, kind: 'rollback', by, rolledBackTo: revision, mayBreak: true, proposalFor });
  }

  async #checkOnly(
    graph: string,
    mayBreak: boolean,
    proposalFor: (head: Head | null) => ProposedChange,
  ): Promise<ChangeResult> {
    return this.#pruner.reading(async () => {
      const head = await this.head(graph);
      const checked = await checkChange(this.#storage, this.#parts, head, proposalFor(head));
      refuseUnfit(checked, mayBreak);
      const number = head?.revision.revision ?? 0;
      return resultOf(checked, number, number);
    });
  }

  async #change(intent: Intent): Promise<ChangeResult> {
    checkGraph(intent.graph);
    checkAuthorship(intent.by);
    const { revision, before, checked } = await this.#changes.run(() => commit(this.#storage, this.#parts, intent));
    this.#pruner.stored();
    // Outside the queue: of changes close together only the newest is taken over, and it answers them all. Also when
    // nothing changed: the head may not be served yet because taking it over failed before.
    await this.#delivery.reach(revision).catch((cause) => {
      throw notServed(revision, cause);
    });
    this.#pruner.whenDue();
    return resultOf(checked, revision, before);
  }

  async head(graph: string): Promise<Head | null> {
    checkGraph(graph);
    return readHead(this.#storage, graph);
  }

  async subgraph(graph: string, name: string): Promise<{ state: SubgraphState; sdl: string }> {
    return this.#pruner.reading(async () => {
      const head = await this.head(graph);
      const state = head?.state.get(name);
      if (state === undefined) throw unknownSubgraph(name, head);
      return { state, sdl: await this.#storage.blob(state.sdl) };
    });
  }

  async revisions(graph: string, range: Range): Promise<readonly Revision[]> {
    checkGraph(graph);
    return this.#storage.read(graph, range);
  }

  async pruned(graph: string): Promise<number> {
    checkGraph(graph);
    return Math.max(0, (await this.#storage.oldest(graph)) - 1);
  }

  async revision(graph: string, number: number): Promise<Head> {
    checkGraph(graph);
    return this.#pruner.reading(async () => {
      const revision = await revisionAt(this.#storage, graph, number);
      return { revision, state: await stateOf(this.#storage, revision) };
    });
  }

  async diff(graph: string, from: number, to: number) {
    return this.#pruner.reading(async () => {
      const [a, b] = [await this.revision(graph, from), await this.revision(graph, to)];
      const changes = await changesBetween(a.state, b.state, (hash) => this.#storage.blob(hash));
      return { changes, supergraphChanges: a.revision.supergraph !== b.revision.supergraph };
    });
  }

  async blame(graph: string, coordinate: string): Promise<readonly Blamed[]> {
    checkGraph(graph);
    return this.#pruner.reading(() => blame(this.#storage, graph, coordinate));
  }

  async supergraph(graph: string, number: number | null) {
    checkGraph(graph);
    return this.#pruner.reading(async () => {
      const found = number === null ? await this.#storage.head(graph) : await revisionAt(this.#storage, graph, number);
      if (found === null) throw new HeadgateError('NOT_FOUND', `nothing has been published to graph ${graph} yet`);
      return { revision: found.revision, hash: found.supergraph, sdl: await this.#storage.blob(found.supergraph) };
    });
  }

  async close(): Promise<void> {
    await this.#changes.idle();
    this.#unsubscribe();
    await this.#delivery.idle();
    await this.#storage.close();
  }
}

function resultOf(checked: CheckResult, revision: number, before: number): ChangeResult {
  const { changes, supergraphChanges, hints, judgement, lint } = checked;
  return { revision, before, changes, supergraphChanges, hints, judgement, lint };
}

/** @throws {HeadgateError} NOT_FOUND */
export function checkGraph(graph: string): void {
  if (graph === DEFAULT_GRAPH) return;
  throw new HeadgateError('NOT_FOUND', `there is no graph ${graph.slice(0, 100)}; this registry has ${DEFAULT_GRAPH}`);
}

function refuseManifest(): never {
  throw new HeadgateError('INVALID_ARGUMENT', 'this registry takes no manifests of persisted documents');
}

function notServed(revision: number, cause: unknown): HeadgateError {
  return new HeadgateError('REVISION_NOT_SERVED', `revision ${revision} is stored, but could not be taken over`, {
    cause,
  });
}

function announceRefusal(source: string, error: unknown): void {
  const code = isHeadgateError(error) ? error.code : 'INTERNAL';
  const message = error instanceof Error ? error.message : String(error);
  announce('supergraph.refused', { source, code, message });
}
