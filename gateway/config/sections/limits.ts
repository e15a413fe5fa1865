import { z } from 'zod';
import { size } from '../size';

const count = () => z.int().min(1).max(10_000_000);

export const limits = z
  .strictObject({
    max_tokens: count().prefault(15_000).describe('Lexical tokens of a document.'),
    max_depth: count().prefault(50).describe('Nesting of fields.'),
    max_aliases: count().prefault(500),
    max_root_fields: count().prefault(100),
    max_expanded_selections: count().prefault(2000).describe('Selections after fragments are spread.'),
    request_bytes: size().prefault('1MB').describe('Request body after decompression. 1MB is 1,000,000 bytes.'),
  })
  .prefault({})
  .describe('What one client request may ask for.');
