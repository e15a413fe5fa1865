import { z } from 'zod';

/** Name of a subgraph, as federation tools and the registry's URLs accept it, too. */
export const subgraphName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'expected a letter, then up to 63 letters, digits, - and _');
