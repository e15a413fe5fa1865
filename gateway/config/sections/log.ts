import { z } from 'zod';

export const log = z
  .strictObject({
    level: z.enum(['silent', 'error', 'warn', 'info', 'debug']).prefault('info'),
    format: z.enum(['auto', 'json', 'text']).prefault('auto').describe('auto is text on a terminal, JSON otherwise.'),
  })
  .prefault({})
  .describe('What goes to stderr.');
