import { z } from 'zod';

const later = () => z.unknown().exactOptional().describe('Accepted, not in effect in this version.');

/** Sections that later versions act upon: their names are taken, their values are not looked at; see not-in-effect.ts. */
export const reserved = {
  cache: later(),
  subscriptions: later(),
};
