import { z } from 'zod';

export const registry = z
  .strictObject({ directory: z.string().min(1).prefault('./.headgate/registry').describe('Journal and schemas.') })
  .prefault({})
  .describe('The registry inside the gateway.');
