import { z } from 'zod';
import type { Discovery, Report, Snapshot } from '../discovery';
import { versionOf } from '../endpoint';
import { Newest } from '../newest';
import type { KubernetesOptions } from '../options';
import { failureDelayMs, pause } from '../polling';
import { KubernetesApi } from './api';
import { ApiError } from './api-error';
import { namespaceOf } from './credentials';
import { endpointSliceGroup } from './group-version';
import { type EndpointSlice, endpointsOf, readSlice } from './slices';
import { type WatchEvent, watch } from './watch';

/** Deadlines of the conversation with the API server. All in milliseconds. */
export interface KubernetesTimes {
  readonly answer: number;
  /** After which the API server ends a watch by itself. */
  readonly watch: number;
  /** Bookmarks come about once a minute. */
  readonly stall: number;
  /** An empty list is asked for again. */
  readonly empty: number;
}

const TIMES: KubernetesTimes = { answer: 10_000, watch: 300_000, stall: 90_000, empty: 5000 };
/** Between two lists that the API server asks for, and between two watches that it ends. */
const RELIST_MS_MIN = 1000;
const REWATCH_MS_MIN = 1000;
const PAGE = 500;
const PAGES_MAX = 200;

const listShape = z.object({
  metadata: z.object({ resourceVersion: z.string(), continue: z.string().nullish() }),
  items: z.array(z.unknown()).nullish(),
});

/** The pods behind a service: one list of its EndpointSlices, then a watch from where the list ended. */
export function openKubernetesDiscovery(
  options: KubernetesOptions,
  report: Report,
  times: KubernetesTimes = TIMES,
): Discovery {
  const source = new EndpointSliceSource(options, report, times);
  const running = source.run();
  return {
    [Symbol.asyncIterator]: () => source.snapshots[Symbol.asyncIterator](),
    async close() {
      source.close();
      await running;
    },
  };
}

class EndpointSliceSource {
  readonly snapshots = new Newest<Snapshot>();
  readonly #options: KubernetesOptions;
  readonly #report: Report;
  readonly #times: KubernetesTimes;
  readonly #api: KubernetesApi;
  readonly #closing = new AbortController();
  readonly #slices = new Map<string, EndpointSlice>();
  #namespace = '';
  /** Path of the service's slices, without the query; null until the API server was asked for its groups. */
  #path: string | null = null;
  /** Where to watch from; null asks for a list first. */
  #resourceVersion: string | null = null;
  #failures = 0;
  #listedMs = Number.NEGATIVE_INFINITY;
  #watching: AbortController | null = null;
  #emptyTimer: NodeJS.Timeout | undefined;

  constructor(options: KubernetesOptions, report: Report, times: KubernetesTimes) {
    this.#options = options;
    this.#report = report;
    this.#times = times;
    this.#api = new KubernetesApi(options);
  }

  close(): void {
    this.#closing.abort();
    this.snapshots.end();
  }

  /** Resolves when closed. */
  async run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        this.#resourceVersion ??= await this.#list();
        await this.#watch(this.#resourceVersion);
      } catch (error) {
        if (!signal.aborted) await this.#recover(error);
      }
    }
    clearTimeout(this.#emptyTimer);
    await this.#api.close();
  }

  /** A connection that breaks is watched on from where it was; whatever fails otherwise, or again, is listed anew. */
  async #recover(error: unknown): Promise<void> {
    const { signal } = this.#closing;
    if (error instanceof ApiError || this.#failures > 0) this.#resourceVersion = null;
    if (error instanceof ApiError && error.status === 404) this.#path = null;
    // The version is too old: that is how the API server asks for a new list, not a failure.
    if (error instanceof ApiError && error.expired && this.#failures === 0) {
      await pause(Math.max(0, RELIST_MS_MIN - (performance.now() - this.#listedMs)), signal);
      return;
    }
    this.#failures += 1;
    this.#report(error instanceof Error ? error.message : String(error));
    await pause(failureDelayMs(this.#failures, Math.random()), signal);
  }

  #works(): void {
    this.#failures = 0;
    this.#report(null);
  }

  /** @returns the version to watch from */
  async #list(): Promise<string> {
    const { signal } = this.#closing;
    this.#namespace = await namespaceOf(this.#options);
    const group = this.#path ?? (await endpointSliceGroup(this.#api, this.#times.answer, signal));
    this.#path = group;
    const found = new Map<string, EndpointSlice>();
    let next: string | null = null;
    for (let page = 0; page < PAGES_MAX; page++) {
      const query: string = next === null ? `limit=${PAGE}` : `limit=${PAGE}&continue=${encodeURIComponent(next)}`;
      const list = listShape.parse(await this.#api.get(this.#query(query), this.#times.answer, signal));
      for (const item of list.items ?? []) {
        const slice = readSlice(item);
        found.set(slice.metadata.name, slice);
      }
      next = list.metadata.continue || null;
      if (next === null) {
        this.#replace(found);
        return list.metadata.resourceVersion;
      }
    }
    throw new Error(`service ${this.#options.service} has more than ${PAGE * PAGES_MAX} EndpointSlices`);
  }

  #query(query: string): string {
    const selector = encodeURIComponent(`kubernetes.io/service-name=${this.#options.service}`);
    const namespace = encodeURIComponent(this.#namespace);
    return `${this.#path}/namespaces/${namespace}/endpointslices?labelSelector=${selector}&${query}`;
  }

  #replace(found: ReadonlyMap<string, EndpointSlice>): void {
    this.#listedMs = performance.now();
    this.#slices.clear();
    for (const [name, slice] of found) this.#slices.set(name, slice);
    this.#publish();
    this.#works();
  }

  async #watch(from: string): Promise<void> {
    const ending = new AbortController();
    this.#watching = ending;
    const signal = AbortSignal.any([this.#closing.signal, ending.signal]);
    const timeoutSeconds = Math.ceil(this.#times.watch / 1000);
    const path = this.#query(
      `watch=1&allowWatchBookmarks=true&timeoutSeconds=${timeoutSeconds}&resourceVersion=${encodeURIComponent(from)}`,
    );
    const startedMs = performance.now();
    try {
      for await (const event of watch(this.#api, path, this.#times.stall, signal)) this.#take(event);
    } catch (error) {
      if (!ending.signal.aborted) throw error;
    }
    // An API server that ends every watch at once must not be asked in a tight loop.
    const leftMs = REWATCH_MS_MIN - (performance.now() - startedMs);
    if (leftMs > 0 && !ending.signal.aborted) await pause(leftMs * Math.random(), this.#closing.signal);
  }

  #take(event: WatchEvent): void {
    if (event.type === 'bookmark') this.#resourceVersion = event.resourceVersion;
    else {
      const { name, resourceVersion } = event.slice.metadata;
      if (event.type === 'put') this.#slices.set(name, event.slice);
      else this.#slices.delete(name);
      if (resourceVersion) this.#resourceVersion = resourceVersion;
      this.#publish();
    }
    this.#works();
  }

  #publish(): void {
    const endpoints = endpointsOf(this.#slices.values(), this.#options, this.#namespace);
    this.snapshots.put({ version: versionOf(endpoints), endpoints, complete: true });
    clearTimeout(this.#emptyTimer);
    if (endpoints.length === 0) this.#emptyTimer = setTimeout(() => this.#listAgain(), this.#times.empty).unref();
  }

  #listAgain(): void {
    this.#resourceVersion = null;
    this.#watching?.abort();
  }
}
