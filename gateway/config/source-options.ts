import type { HttpCacheOptions, SourceOptions } from '../transport/options';
import type { Cache } from './sections/rest-source';
import type { Settings } from './settings';

type Values = Readonly<Record<string, unknown>>;

/**
 * Of a REST subgraph: what is said of each of its sources, beside its pool.
 * @param fromOutside strings of the file that come from the environment or from other files
 */
export function sourceOptions(
  { subgraphs }: Pick<Settings, 'subgraphs'>,
  name: string,
  fromOutside: ReadonlySet<string>,
): Readonly<Record<string, SourceOptions>> {
  const { sources = {} } = (Object.hasOwn(subgraphs, name) ? subgraphs[name] : undefined) ?? {};
  const entries = Object.entries(sources).map(([source, given]): [string, SourceOptions] => {
    const { config = {}, context, cache, timeout, limits, safe_posts: safePosts = false, idempotency_key: key } = given;
    return [
      source,
      {
        config,
        shownConfig: withoutOutside(config, fromOutside),
        safePosts,
        ...(context !== undefined && { context }),
        ...(cache?.enabled === true && { cache: cacheOptions(cache) }),
        ...(timeout !== undefined && { timeoutMs: timeout }),
        ...(limits?.response_bytes !== undefined && { responseBytesMax: limits.response_bytes }),
        ...(limits?.response_depth !== undefined && { responseDepthMax: limits.response_depth }),
        ...(key !== undefined && { idempotencyHeader: key.header.toLowerCase() }),
      },
    ];
  });
  return Object.fromEntries(entries);
}

function cacheOptions({ max_bytes: maxBytes, key_headers: given }: Cache): HttpCacheOptions {
  return { maxBytes, keyHeaders: given.map((name) => name.toLowerCase()) };
}

function withoutOutside(values: Values, fromOutside: ReadonlySet<string>): Values {
  if (fromOutside.size === 0) return values;
  const shown = Object.entries(values).flatMap(([key, value]): [string, unknown][] =>
    isFromOutside(value, fromOutside) ? [] : [[key, below(value, fromOutside)]],
  );
  return Object.fromEntries(shown);
}

/** Items of a list keep their places. */
function below(value: unknown, fromOutside: ReadonlySet<string>): unknown {
  if (Array.isArray(value))
    return value.map((item) => (isFromOutside(item, fromOutside) ? null : below(item, fromOutside)));
  return isSection(value) ? withoutOutside(value, fromOutside) : value;
}

function isFromOutside(value: unknown, fromOutside: ReadonlySet<string>): boolean {
  return typeof value === 'string' && fromOutside.has(value);
}

function isSection(value: unknown): value is Values {
  return typeof value === 'object' && value !== null;
}
