import { isIP } from 'node:net';
import { type Tags, tagText } from '../../tags';
import type { InstanceOptions } from '../options';
import type { UrlParts } from './options';

interface Found {
  readonly address: string;
  readonly port: number;
  /** What the address was found under: sent as Host, and asked for in TLS. */
  readonly name: string;
  readonly weight?: number;
  readonly zone?: string | null;
  readonly tier?: InstanceOptions['tier'];
  readonly tags?: Tags;
}

/** An instance that is connected to by its address and addressed by its name. */
export function endpointAt(found: Found, { scheme, path }: UrlParts): InstanceOptions {
  const { address, port, name, weight = 1, zone = null, tier = 'primary', tags } = found;
  // Also drops the port that the scheme implies, as everybody writes a host.
  const authority = (host: string) => new URL(`${scheme}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`).host;
  return {
    url: `${scheme}://${authority(address)}${path}`,
    weight,
    zone,
    tier,
    ...(tags !== undefined && { tags }),
    ...(isIP(name) === 0 && { hostHeader: authority(name), servername: name }),
  };
}

/** Makes a text that is the same for the same endpoints in any order. */
export function versionOf(endpoints: readonly InstanceOptions[]): string {
  return endpoints
    .map(
      ({ url, weight, tier, hostHeader = '', tags = {} }) => `${url} ${weight} ${tier} ${hostHeader} ${tagText(tags)}`,
    )
    .sort()
    .join(',');
}
