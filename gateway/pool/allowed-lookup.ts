import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** An address that no instance may have. */
export class AddressForbidden extends Error {
  override readonly name = 'AddressForbidden';
  readonly code = 'ERR_ADDRESS_FORBIDDEN';
}

type Options = Parameters<LookupFunction>[1];
type Done = Parameters<LookupFunction>[2];

/**
 * Resolves a name to the addresses that may be connected to, in the form that `net.connect` asks for.
 * @param refusalOf null when the address is allowed
 */
export function lookupAllowed(
  name: string,
  options: Options,
  refusalOf: (address: string) => string | null,
  done: Done,
): void {
  const all: LookupAllOptions = { ...options, all: true };
  lookup(name, all, (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => {
    if (error !== null) {
      done(error, []);
      return;
    }
    const allowed = found.filter(({ address }) => refusalOf(address) === null);
    const [first] = allowed;
    if (first === undefined) {
      const why = found.map(({ address }) => refusalOf(address)).find((one) => one !== null);
      done(new AddressForbidden(`${name} resolves to ${why ?? 'nothing'}`), []);
    } else if (options.all === true) done(null, allowed);
    else done(null, first.address, first.family);
  });
}
