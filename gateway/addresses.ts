import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Addresses and ranges (`10.0.0.0/8`), and names in `allow`, over what is denied by itself. */
export interface AddressOptions {
  readonly deny: readonly string[];
  readonly allow: readonly string[];
}

export const NO_ADDRESSES: AddressOptions = { deny: [], allow: [] };

const REMEDY = 'when it is meant, list it in discovery.addresses.allow';
/** Where clouds tell a machine its credentials, beside the link-local addresses. */
const METADATA = ['100.100.100.200', '192.0.0.192', '168.63.129.16', 'fd00:ec2::254', 'fd20:ce::254'];
const METADATA_NAMES: ReadonlySet<string> = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
]);
const DENIED: readonly (readonly [what: string, ranges: readonly string[]])[] = [
  ['link-local, where clouds keep the credentials of a machine', ['169.254.0.0/16', 'fe80::/10']],
  ['the metadata service of a cloud', METADATA],
  ['no address of a server', ['0.0.0.0/8', '::/128']],
  ['for many receivers at once', ['224.0.0.0/3', 'ff00::/8']],
];

/** `10.0.0.0/8`, `10.0.0.1`, `fd00::/8`: whether a text is one of these. */
export function isRange(text: string): boolean {
  const [address = '', prefix, more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more !== undefined) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
}

/** Matches addresses; of IPv4 also in the forms in which IPv6 has them: mapped, NAT64 and 6to4. */
function listOf(ranges: Iterable<string>): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', given] = range.split('/');
    if (isIP(address) === 6) list.addSubnet(address, given === undefined ? 128 : Number(given), 'ipv6');
    if (isIP(address) !== 4) continue;
    const prefix = given === undefined ? 32 : Number(given);
    list.addSubnet(address, prefix, 'ipv4');
    for (const embedding of ['::ffff:', '64:ff9b::']) list.addSubnet(`${embedding}${address}`, 96 + prefix, 'ipv6');
    const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
    list.addSubnet(`2002:${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}::`, 16 + prefix, 'ipv6');
  }
  return list;
}

/** @returns whether an IP address is in one of the ranges; what is no address is not */
export function rangesOf(ranges: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    list.addSubnet(address, Number(prefix ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  return (address) => isIP(address) !== 0 && has(list, address);
}

const denied = DENIED.map(([what, ranges]) => ({ what, list: listOf(ranges) }));
const loopback = listOf(['127.0.0.0/8', '::1']);

function has(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

interface Listening {
  readonly host: string;
  readonly port: number;
}

/** Where this process answers. */
const listening = new Set<Listening>();

/** Says that this process answers there, until the returned function is called: no instance may be ourselves. */
export function claimListener(host: string, port: number): () => void {
  const claim = { host, port };
  if (port > 0) listening.add(claim);
  return () => {
    listening.delete(claim);
  };
}

function isOurs(address: string, port: number): boolean {
  for (const claim of listening) if (claim.port === port && reaches(address, claim.host)) return true;
  return false;
}

/** Whether who connects to `address` of any port reaches what listens on `host`. */
function reaches(address: string, host: string): boolean {
  if (host === 'localhost') return has(loopback, address);
  const family = isIP(host);
  if (family === 0) return false;
  if (host !== '0.0.0.0' && host !== '::') return has(listOf([host]), address);
  const own = Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map((one) => one.address));
  return has(loopback, address) || has(listOf(own), address);
}

/** Which addresses instances may have: not what is link-local, not what nobody can have, not our own listeners. */
class AddressRules {
  readonly #deny: BlockList;
  readonly #allow: BlockList;
  readonly #allowedNames: ReadonlySet<string>;

  constructor({ deny, allow }: AddressOptions) {
    this.#deny = listOf(deny);
    this.#allow = listOf(allow);
    this.#allowedNames = new Set(allow.map((name) => name.toLowerCase()));
  }

  /** Why nobody connects to this address, and the remedy; null when it may be. @param address an IP address */
  refusalOf(address: string, port: number): string | null {
    if (isOurs(address, port)) return `${address} port ${port} is a listener of this gateway itself`;
    if (has(this.#allow, address)) return null;
    if (has(this.#deny, address)) return `${address} is in discovery.addresses.deny`;
    const found = denied.find(({ list }) => has(list, address));
    return found === undefined ? null : `${address} is ${found.what}; ${REMEDY}`;
  }

  /** The same of a name, as far as it tells; what it resolves to is looked at when somebody connects. */
  refusalOfName(name: string, port: number): string | null {
    const plain = name.toLowerCase().replace(/\.$/, '');
    if (isIP(plain) !== 0) return this.refusalOf(plain, port);
    if (plain === 'localhost' || plain.endsWith('.localhost')) return this.refusalOf('127.0.0.1', port);
    if (!METADATA_NAMES.has(plain) || this.#allowedNames.has(plain)) return null;
    return `${plain} is the metadata service of a cloud; ${REMEDY}`;
  }

  /** The same of a URL. */
  refusalOfUrl(url: string): string | null {
    const { hostname, port, protocol } = new URL(url);
    return this.refusalOfName(hostname.replace(/^\[|\]$/g, ''), portOf(port, protocol));
  }
}

const known = new WeakMap<AddressOptions, AddressRules>();

/** The rules of these options, made once for each object of them. */
export function addressRules(options: AddressOptions): AddressRules {
  const made = known.get(options) ?? new AddressRules(options);
  known.set(options, made);
  return made;
}

/** @param port empty: the one of the protocol */
export function portOf(port: string, protocol: string): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}
