import { z } from 'zod';

export const plugins = z
  .array(z.string().min(1))
  .max(50)
  .prefault([])
  .describe('Modules that export a plugin, the outermost first.');
