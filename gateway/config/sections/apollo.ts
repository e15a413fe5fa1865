import { z } from 'zod';

export const apollo = z
  .strictObject({
    plugins: z.array(z.string().min(1)).max(50).prefault([]).describe('Modules that export an Apollo Server plugin.'),
  })
  .prefault({})
  .describe('Apollo Server, which is there for its plugins.');
