import { z } from 'zod';

const later = () => z.unknown().exactOptional().describe('Accepted, not in effect in this version.');

/** Sections that later versions act upon: their names are taken, their values are not looked at. */
export const reserved = {
  authentication: later(),
  authorization: later(),
  cors: later(),
  csrf: later(),
  persisted_documents: later(),
  rate_limit: later(),
  cache: later(),
  error_masking: later(),
  telemetry: later(),
  subscriptions: later(),
  demand_control: later(),
};
