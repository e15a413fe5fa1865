import { z } from 'zod';
import { size } from '../size';

export const audit = z
  .strictObject({
    path: z
      .string()
      .min(1)
      .prefault('./.headgate/audit.jsonl')
      .describe('The file; full ones are put aside beside it.'),
    denied: z.boolean().prefault(true).describe('Whether refused access is written, too: 401 and 403.'),
    on_error: z
      .enum(['refuse', 'allow'])
      .prefault('refuse')
      .describe('What becomes of a change of an operator that cannot be written.'),
    file_bytes: size().prefault('10MB').describe('A file of this size is put aside, and the next one begun.'),
    files: z.int().min(1).max(10_000).prefault(20).describe('Files that are kept aside; older ones are removed.'),
  })
  .exactOptional()
  .describe('Who changed what, in a file of its own. Absent: it is not written.');
