import type { AddressOptions } from '../../addresses';
import type { KeySetOptions } from '../options';
import { FileKeys } from './file-keys';
import type { KeySource } from './key-source';
import { RemoteKeys } from './remote-keys';
import type { TrustedSet } from './token-verifier';

/** Sets that are open, by what they were opened with. */
export type OpenSets = ReadonlyMap<string, KeySource>;

export interface OpenedSets {
  readonly open: OpenSets;
  readonly trusted: readonly TrustedSet[];
}

/**
 * Opens sets of keys. Those that are open already stay, with all that was read.
 * @throws {HeadgateError} CONFIG_INVALID: a file cannot be used; what was opened is closed again
 */
export async function openSets(
  options: readonly KeySetOptions[],
  addresses: AddressOptions,
  before: OpenSets,
): Promise<OpenedSets> {
  const open = new Map<string, KeySource>();
  const trusted: TrustedSet[] = [];
  try {
    for (const one of options) {
      const { place, algorithms, pollMs } = one;
      const key = JSON.stringify([place, algorithms, pollMs, addresses]);
      const source = open.get(key) ?? before.get(key) ?? (await openSet(one, addresses));
      open.set(key, source);
      trusted.push({ options: one, source });
    }
  } catch (error) {
    await closeSets(open, before);
    throw error;
  }
  return { open, trusted };
}

/** @param staying those among them that are still needed */
export async function closeSets(sets: OpenSets, staying: OpenSets): Promise<void> {
  const needed = new Set(staying.values());
  await Promise.all([...sets.values()].filter((set) => !needed.has(set)).map((set) => set.close()));
}

async function openSet({ place, algorithms, pollMs }: KeySetOptions, addresses: AddressOptions): Promise<KeySource> {
  const rules = { algorithms: new Set(algorithms), allowsSecrets: place.kind === 'file' };
  return place.kind === 'file' ? FileKeys.open(place.path, rules) : new RemoteKeys({ place, pollMs, rules, addresses });
}
