import { z } from 'zod';

export const graphiql = z
  .strictObject({ enabled: z.boolean().prefault(true) })
  .prefault({})
  .describe('The explorer for browsers.');

export const introspection = z
  .strictObject({ enabled: z.boolean().prefault(true) })
  .prefault({})
  .describe('Whether clients may read the schema.');

export const queryPlan = z
  .strictObject({ expose: z.boolean().prefault(false).describe('Answers carry the plan and the calls made.') })
  .prefault({});
