import type { Flight } from '../../../flight';
import type { Step } from '../../../layers';
import type { SubgraphOptions } from '../../options';
import type { ClientHeaders } from '../client-headers';
import type { Connector, Connectors } from '../connector';
import type { ConnectorContext } from '../context';
import type { JsonObject } from '../json';
import type { Variables } from '../mapping/scope';
import type { RestAnswer } from '../response/judge';
import { type Repeating, repeatingOf } from './repeating';
import type { RestCall } from './send-http';

/** Values that mappings read as `$config` where a source has none of its own, and as `$env`. */
export interface Settings {
  readonly config: JsonObject;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What the connectors of one source have of the configuration. */
interface Given {
  /** For requests, and never in reach of what maps an answer. */
  readonly sent: Variables;
  /** For what maps an answer. */
  readonly shown: Variables;
}

/** Parts that the operations of one REST subgraph share; made once. */
export interface Engine {
  readonly connectors: Connectors;
  readonly options: SubgraphOptions;
  /** Sends one request of a connector. */
  readonly call: Step<RestCall, RestAnswer, Flight>;
  /** What is given to the connectors of a source. */
  readonly givenTo: (source: string) => Given;
  readonly repeatingOf: (connector: Connector) => Repeating;
  /** What `_service { sdl }` answers. */
  readonly sdl: string;
  /** What the adapter sees of the headers of clients. */
  readonly headersOf: ClientHeaders['of'];
  readonly contextOf: ConnectorContext['of'];
}

const NO_ENV: JsonObject = {};

export function createEngine(
  options: SubgraphOptions,
  connectors: Connectors,
  call: Engine['call'],
  settings: Settings & Pick<Engine, 'sdl' | 'headersOf' | 'contextOf'>,
): Engine {
  return {
    connectors,
    options,
    call,
    givenTo: givenTo(options, connectors, settings),
    repeatingOf: (connector) => repeatingOf(connector, options.sources?.[connector.source]),
    sdl: settings.sdl,
    headersOf: settings.headersOf,
    contextOf: settings.contextOf,
  };
}

function givenTo({ env = {}, sources = {} }: SubgraphOptions, connectors: Connectors, settings: Settings) {
  const given = (source: string): Given => {
    const own = Object.hasOwn(sources, source) ? sources[source] : undefined;
    const names = Object.hasOwn(env, source) ? (env[source] ?? []) : [];
    const config = (own?.config ?? settings.config) as JsonObject; // as: JSON
    const shown = (own?.shownConfig ?? config) as JsonObject; // as: JSON
    return { sent: { $config: config, $env: only(names, settings.env) }, shown: { $config: shown, $env: NO_ENV } };
  };
  const known = new Map([...connectors.sources.keys()].map((source) => [source, given(source)]));
  return (source: string): Given => known.get(source) ?? given(source);
}

function only(names: readonly string[], env: Settings['env']): JsonObject {
  const given: [string, string][] = [];
  for (const name of names) {
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value !== undefined) given.push([name, value]);
  }
  return Object.fromEntries(given);
}
