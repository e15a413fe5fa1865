import { z } from 'zod';

/** Also what federation tools and the registry's URLs accept. */
export const subgraphName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'expected a letter, then up to 63 letters, digits, - and _');
