import type { Flight } from '../../../flight';
import type { Step } from '../../../layers';
import type { SubgraphOptions } from '../../options';
import type { ClientHeaders } from '../client-headers';
import type { Connectors } from '../connector';
import type { JsonObject } from '../json';
import type { RestAnswer } from '../response/judge';
import type { RestCall } from './send-http';

/** Values that mappings read as `$config` and `$env`. */
export interface Settings {
  readonly config: JsonObject;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Parts that the operations of one REST subgraph share; made once. */
export interface Engine {
  readonly connectors: Connectors;
  readonly options: SubgraphOptions;
  /** Sends one request of a connector. */
  readonly call: Step<RestCall, RestAnswer, Flight>;
  readonly config: JsonObject;
  /** What requests to each source may carry as `$env`, by source name. */
  readonly env: ReadonlyMap<string, JsonObject>;
  /** What `_service { sdl }` answers. */
  readonly sdl: string;
  /** What the adapter sees of the headers of clients. */
  readonly headersOf: ClientHeaders['of'];
}

export function createEngine(
  options: SubgraphOptions,
  connectors: Connectors,
  call: Engine['call'],
  settings: Settings & Pick<Engine, 'sdl' | 'headersOf'>,
): Engine {
  return {
    connectors,
    options,
    call,
    config: settings.config,
    env: new Map(Object.entries(options.env ?? {}).map(([source, names]) => [source, only(names, settings.env)])),
    sdl: settings.sdl,
    headersOf: settings.headersOf,
  };
}

function only(names: readonly string[], env: Settings['env']): JsonObject {
  const given: [string, string][] = [];
  for (const name of names) {
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value !== undefined) given.push([name, value]);
  }
  return Object.fromEntries(given);
}
