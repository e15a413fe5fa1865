import { z } from 'zod';

const later = () => z.unknown().exactOptional().describe('Accepted, not in effect in this version.');
const refused = () => z.unknown().exactOptional().describe('Refused: this version does not act on it.');

/**
 * Sections that later versions act upon: their names are taken, their values are not looked at. Those that protect are
 * refused until they work; see not-in-effect.ts.
 */
export const reserved = {
  cache: later(),
  subscriptions: later(),
  demand_control: refused(),
};
