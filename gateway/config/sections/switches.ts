import { z } from 'zod';

export const graphiql = z
  .strictObject({
    enabled: z.boolean().prefault(true),
    default_query: z
      .string()
      .max(20_000)
      .optional()
      .describe('What its first tab holds for who has not been there yet.'),
  })
  .prefault({})
  .describe('The explorer for browsers.');

export const introspection = z
  .strictObject({ enabled: z.boolean().prefault(true) })
  .prefault({})
  .describe('Whether clients may read the schema.');

export const queryPlan = z
  .strictObject({
    expose: z
      .union([z.boolean(), z.literal('on_request')], { error: 'expected true, false or on_request' })
      .prefault(false)
      .describe(
        'Answers carry the plan and the calls made; on_request: those to requests with apollo-expose-query-plan: true.',
      ),
  })
  .prefault({});
