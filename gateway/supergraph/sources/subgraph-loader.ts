import type { Agent } from 'undici';
import type { SubgraphSource } from '../options';
import { readTextFile } from './read-text-file';
import type { SubgraphsTiming } from './timing';

/** The last good SDL of each subgraph, from its file or from the running subgraph. */
export class SubgraphLoader {
  readonly #sdls: Map<string, string>;
  readonly #timing: SubgraphsTiming;
  readonly #signal: AbortSignal;
  /** Null while no running subgraph had to be asked. */
  #agent: Agent | null = null;

  constructor(timing: SubgraphsTiming, signal: AbortSignal, known: ReadonlyMap<string, string>) {
    this.#sdls = new Map(known);
    this.#timing = timing;
    this.#signal = signal;
  }

  /** The last good SDL; undefined before the first one. */
  sdlOf(name: string): string | undefined {
    return this.#sdls.get(name);
  }

  /** Loads all at once. @returns why some could not be loaded, by name; what was known of those stays */
  async load(subgraphs: readonly SubgraphSource[]): Promise<ReadonlyMap<string, unknown>> {
    const failures = new Map<string, unknown>();
    await Promise.all(
      subgraphs.map(async (subgraph) => {
        try {
          this.#sdls.set(subgraph.name, await this.#read(subgraph));
        } catch (error) {
          failures.set(subgraph.name, error);
        }
      }),
    );
    return failures;
  }

  async close(): Promise<void> {
    await this.#agent?.destroy();
  }

  #read({ name, schema }: SubgraphSource): Promise<string> {
    if ('file' in schema) return readTextFile(schema.file);
    // Loaded only where a running subgraph is asked: all of undici takes 60 ms of CPU.
    const { Agent }: typeof import('undici') = require('undici');
    const { introspectSubgraph }: typeof import('../introspect') = require('../introspect');
    this.#agent ??= new Agent({ connections: 1, connect: { timeout: 5_000 } });
    const { timeoutMs, bytesMax } = this.#timing;
    const options = { dispatcher: this.#agent, timeoutMs, bytesMax, signal: this.#signal };
    return introspectSubgraph(name, schema.introspect, options);
  }
}
