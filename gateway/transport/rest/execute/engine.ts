import type { Pool } from '../../../pool/pool';
import { compileRequestHeaders, compileResponseHeaders } from '../../headers';
import type { SubgraphOptions } from '../../options';
import type { Connectors } from '../connector';
import type { JsonObject } from '../json';

/** Values that mappings read as `$config` and `$env`. */
export interface Settings {
  readonly config: JsonObject;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What one REST subgraph's operations share; made once. */
export interface Engine {
  readonly connectors: Connectors;
  readonly options: SubgraphOptions;
  readonly poolOf: (source: string) => Pool;
  readonly requestHeaders: ReturnType<typeof compileRequestHeaders>;
  readonly responseHeaders: ReturnType<typeof compileResponseHeaders>;
  readonly config: JsonObject;
  readonly env: JsonObject;
  /** What `_service { sdl }` answers. */
  readonly sdl: string;
}

/** @throws {HeadgateError} CONFIG_INVALID for header rules that cannot work */
export function createEngine(
  options: SubgraphOptions,
  poolOf: (source: string) => Pool,
  connectors: Connectors,
  settings: Settings & { readonly sdl: string },
): Engine {
  const env = Object.entries(settings.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return {
    connectors,
    options,
    poolOf,
    requestHeaders: compileRequestHeaders(options.requestHeaders),
    responseHeaders: compileResponseHeaders(options.responseHeaders),
    config: settings.config,
    env: Object.fromEntries(env),
    sdl: settings.sdl,
  };
}
