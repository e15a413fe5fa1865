import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { inBackground } from '../../background';
import { HeadgateError } from '../../errors';
import { announce } from '../../events';
import { composeSubgraphs } from '../compose';
import type { SubgraphSource } from '../options';
import type { SubgraphDefinition } from '../supergraph';
import { messageOf } from '../thrown';
import { watchFiles } from '../watch-files';
import { createCoalescingQueue } from './coalescing-queue';
import { Refusals } from './refusals';
import type { Deliver, SupergraphSource } from './source';
import { SubgraphLoader } from './subgraph-loader';
import { DEFAULT_TIMING, type SubgraphsTiming } from './timing';

const ORIGIN = 'subgraphs';

/** A supergraph composed from SDL files and running subgraphs. */
export interface SubgraphsSource extends SupergraphSource {
  /** Whether it is a source of these subgraphs. */
  hasSame(subgraphs: readonly SubgraphSource[]): boolean;
  /** The last good SDL of those of these subgraphs that it reads from the same place. */
  sdlsOf(subgraphs: readonly SubgraphSource[]): ReadonlyMap<string, string>;
}

interface SubgraphsSourceOptions {
  readonly timing?: Partial<SubgraphsTiming>;
  /** SDL by subgraph name that need not be loaded before the first composition. */
  readonly known?: ReadonlyMap<string, string>;
  readonly compose?: typeof composeSubgraphs;
}

/**
 * Files are watched, running subgraphs asked at an interval; what changed is composed and delivered.
 */
export function openSubgraphsSource(
  subgraphs: readonly SubgraphSource[],
  deliver: Deliver,
  { timing = {}, known = new Map(), compose = composeSubgraphs }: SubgraphsSourceOptions = {},
): SubgraphsSource {
  return new ComposedFeed(subgraphs, deliver, { timing: { ...DEFAULT_TIMING, ...timing }, known, compose });
}

class ComposedFeed implements SubgraphsSource {
  readonly #deliver: Deliver;
  readonly #timing: SubgraphsTiming;
  readonly #composition: typeof composeSubgraphs;
  readonly #loader: SubgraphLoader;
  readonly #refusals = new Refusals();
  readonly #closing = new AbortController();
  readonly #queue = createCoalescingQueue(() => this.#pass());
  /** Names of the subgraphs to load in the next pass. */
  readonly #due = new Set<string>();
  readonly #subgraphs: readonly SubgraphSource[];
  #watcher: { close(): void } | null = null;
  #polling: Promise<void> = Promise.resolve();
  /** Hash of what was composed last, whether that worked or not. */
  #tried: string | null = null;
  #accepted = true;
  #delivered: string | null = null;

  constructor(
    subgraphs: readonly SubgraphSource[],
    deliver: Deliver,
    { timing, known, compose }: Required<SubgraphsSourceOptions> & { readonly timing: SubgraphsTiming },
  ) {
    this.#subgraphs = subgraphs;
    this.#deliver = deliver;
    this.#composition = compose;
    this.#timing = timing;
    this.#loader = new SubgraphLoader(timing, this.#closing.signal, known);
    // One listener for each subgraph that is being asked.
    setMaxListeners(0, this.#closing.signal);
  }

  async start(): Promise<void> {
    this.#watch();
    try {
      await this.#startWithRetries();
    } finally {
      this.#polling = this.#poll();
    }
  }

  refresh(): Promise<void> {
    if (!this.#accepted) this.#tried = null;
    this.#makeDue(() => true);
    return this.#attempt();
  }

  hasSame(subgraphs: readonly SubgraphSource[]): boolean {
    return JSON.stringify(subgraphs) === JSON.stringify(this.#subgraphs);
  }

  sdlsOf(subgraphs: readonly SubgraphSource[]): ReadonlyMap<string, string> {
    const own = new Map(this.#subgraphs.map(({ name, schema }) => [name, JSON.stringify(schema)]));
    return new Map(
      subgraphs.flatMap(({ name, schema }) => {
        const sdl = own.get(name) === JSON.stringify(schema) ? this.#loader.sdlOf(name) : undefined;
        return sdl === undefined ? [] : [[name, sdl]];
      }),
    );
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#watcher?.close();
    await Promise.all([this.#attempt(), this.#polling]);
    await this.#loader.close();
  }

  /** Subgraphs often start together with their gateway, so those that do not answer yet are asked again for a while. */
  async #startWithRetries(): Promise<void> {
    const { now, sleep, startMs, retryMs, retryMsMax, random } = this.#timing;
    const giveUpAt = now() + startMs;
    for (let attempt = 1; ; attempt += 1) {
      this.#makeDue(({ name }) => this.#loader.sdlOf(name) === undefined);
      try {
        return await this.#queue();
      } catch (error) {
        const waitMs = Math.min(retryMsMax, retryMs * 2 ** (attempt - 1)) * (0.5 + random() / 2);
        if (!this.#waitsForSubgraph() || now() + waitMs > giveUpAt) throw error;
        await sleep(waitMs, this.#closing.signal, true);
      }
    }
  }

  /** True when all that is missing is the answer of running subgraphs. */
  #waitsForSubgraph(): boolean {
    const missing = this.#subgraphs.filter(({ name }) => this.#loader.sdlOf(name) === undefined);
    return missing.length > 0 && missing.every(({ schema }) => 'introspect' in schema) && !this.#closing.signal.aborted;
  }

  async #poll(): Promise<void> {
    const { pollMs, random, sleep } = this.#timing;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await sleep(pollMs * (0.9 + random() / 5), signal, false).catch(() => undefined);
      this.#makeDue(({ name, schema }) => 'introspect' in schema || this.#loader.sdlOf(name) === undefined);
      if (this.#due.size > 0) await this.#attempt();
    }
  }

  #watch(): void {
    this.#watcher?.close();
    const files = this.#subgraphs.flatMap(({ schema }) => ('file' in schema ? [schema.file] : []));
    this.#watcher = watchFiles(files, (changed) => {
      this.#makeDue(({ schema }) => 'file' in schema && changed.includes(schema.file));
      inBackground('subgraph schemas', this.#attempt());
    });
  }

  #makeDue(choose: (subgraph: SubgraphSource) => boolean): void {
    for (const subgraph of this.#subgraphs) if (choose(subgraph)) this.#due.add(subgraph.name);
  }

  async #attempt(): Promise<void> {
    try {
      await this.#queue();
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#refusals.report(ORIGIN, error);
    }
  }

  /** One pass: load what is due, compose when something changed, deliver when the result changed. */
  async #pass(): Promise<void> {
    this.#stopWhenClosed();
    const due = this.#subgraphs.filter(({ name }) => this.#due.has(name));
    this.#due.clear();
    const failures = await this.#loader.load(due);
    this.#stopWhenClosed();
    for (const { name } of due) {
      const failure = failures.get(name);
      if (failure === undefined) this.#refusals.clear(`subgraph ${name}`);
      else this.#refusals.report(`subgraph ${name}`, failure);
    }
    await this.#compose(this.#definitions(failures));
  }

  #stopWhenClosed(): void {
    if (this.#closing.signal.aborted)
      throw new HeadgateError('REQUEST_CANCELLED', 'the source of supergraphs is closed');
  }

  #definitions(failures: ReadonlyMap<string, unknown>): readonly SubgraphDefinition[] {
    const definitions = this.#subgraphs.flatMap(({ name, url }) => {
      const sdl = this.#loader.sdlOf(name);
      return sdl === undefined ? [] : [{ name, url, sdl }];
    });
    if (definitions.length === this.#subgraphs.length) return definitions;
    const reasons = [...failures.values()].map(messageOf).join('\n');
    throw new HeadgateError('SUPERGRAPH_UNAVAILABLE', reasons || 'the SDL of some subgraphs is not known yet');
  }

  async #compose(definitions: readonly SubgraphDefinition[]): Promise<void> {
    const hash = createHash('sha256').update(JSON.stringify(definitions)).digest('hex');
    if (hash === this.#tried) return;
    this.#tried = hash;
    this.#accepted = false;
    const { sdl, hints } = await this.#composition(definitions, this.#closing.signal);
    for (const hint of hints) announce('composition.hint', hint);
    if (sdl !== this.#delivered) await this.#deliver(sdl, ORIGIN, definitions);
    this.#delivered = sdl;
    this.#accepted = true;
    this.#refusals.clear(ORIGIN);
  }
}
