import { KeptMap, textBytes } from '../kept';

/** Longer ones are read each time. */
const CHARACTERS_MAX = 500;
/** The text, and what is made of it. */
const COPIES = 3;

/**
 * Remembers what was made of a header: clients send the same few again and again.
 * @param name of the kind, for the numbers
 */
export function rememberHeader<T>(name: string, read: (header: string) => T): (header: string) => T {
  const known = new KeptMap<string, { readonly value: T }>({ name, weigh: (_, header) => COPIES * textBytes(header) });
  return (header) => {
    const found = known.get(header);
    if (found !== undefined) return found.value;
    const value = read(header);
    if (header.length <= CHARACTERS_MAX) known.set(header, { value });
    return value;
  };
}
