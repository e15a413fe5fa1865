import { z } from 'zod';
import type { KubernetesApi } from './api';
import { ApiError } from './api-error';
import { Lines } from './lines';
import { type EndpointSlice, readSlice } from './slices';

const LINE_BYTES_MAX = 8_000_000;

/** One line of a watch. Of a bookmark only the version counts. */
const eventShape = z.object({ type: z.string(), object: z.unknown() });
const bookmarkShape = z.object({ metadata: z.object({ resourceVersion: z.string() }) });
const statusShape = z.object({ code: z.int().nullish(), message: z.string().nullish() });

export type WatchEvent =
  | { readonly type: 'put' | 'delete'; readonly slice: EndpointSlice }
  | { readonly type: 'bookmark'; readonly resourceVersion: string };

/**
 * The events of one watch request, until the API server ends it. A last line that is cut off is no event: the next watch
 * starts from the version before it.
 * @param stallMs without a byte for so long, the connection counts as dead
 * @throws {ApiError} with status 410 when the version is too old
 */
export async function* watch(
  api: KubernetesApi,
  path: string,
  stallMs: number,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent, void, undefined> {
  const ending = new AbortController();
  const stalled = () => ending.abort(new Error(`nothing came from the API server for ${stallMs} ms`));
  let watchdog = setTimeout(stalled, stallMs).unref();
  const lines = new Lines(LINE_BYTES_MAX);
  try {
    const body = await api.stream(path, AbortSignal.any([signal, ending.signal]));
    for await (const chunk of body) {
      clearTimeout(watchdog);
      watchdog = setTimeout(stalled, stallMs).unref();
      for (const line of lines.push(chunk)) yield readEvent(line);
    }
  } finally {
    clearTimeout(watchdog);
    ending.abort();
  }
}

function readEvent(line: string): WatchEvent {
  const { type, object } = eventShape.parse(JSON.parse(line));
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
      return { type: 'put', slice: readSlice(object) };
    case 'DELETED':
      return { type: 'delete', slice: readSlice(object) };
    case 'BOOKMARK':
      return { type: 'bookmark', resourceVersion: bookmarkShape.parse(object).metadata.resourceVersion };
    default: {
      const { code, message } = statusShape.parse(object);
      throw new ApiError(code ?? 500, `the watch ended with ${type} ${code ?? ''}: ${message ?? 'without a reason'}`);
    }
  }
}
