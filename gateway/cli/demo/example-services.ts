import type { Config } from '../../config/config';
import { HeadgateError } from '../../errors';

/** One process of the example, as the configuration wants it. */
export interface ServicePlace {
  /** Name of the subgraph, and of its folder under subgraphs/. */
  readonly service: string;
  /** What the process calls itself, e.g. products-2. */
  readonly instance: string;
  readonly host: string;
  readonly port: number;
  readonly weight: number;
  readonly kind: 'graphql' | 'rest';
}

/**
 * The processes behind the subgraphs of a configuration, one for each instance.
 * @throws {HeadgateError} CONFIG_INVALID: an instance is not on this machine, so the demo cannot start it
 */
export function exampleServices(config: Config): readonly ServicePlace[] {
  return [...config.subgraphs.values()].flatMap(({ name, kind, pools }) => {
    const instances = Object.values(pools).flatMap((pool) => pool.instances);
    return instances.map(({ url, weight }, index) => ({
      service: name,
      instance: instances.length === 1 ? name : `${name}-${index + 1}`,
      ...loopbackPlace(name, url),
      weight,
      kind,
    }));
  });
}

function loopbackPlace(service: string, url: string): { host: string; port: number } {
  const { protocol, hostname, port } = new URL(url);
  if (protocol === 'http:' && hostname === '127.0.0.1' && port !== '') return { host: hostname, port: Number(port) };
  const wanted = `http://127.0.0.1:PORT, where the demo starts it`;
  throw new HeadgateError('CONFIG_INVALID', `subgraphs.${service}: the demo wants ${wanted}, not ${url}`);
}
