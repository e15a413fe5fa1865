import { z } from 'zod';
import { size } from '../size';

const count = () => z.int().min(1).max(10_000_000);
const mode = () => z.enum(['enforce', 'measure']);

/** A size, or a size with a mode of its own. */
function sizeLimit(value: string, description: string) {
  const withMode = z.strictObject({ value: size().prefault(value), mode: mode().exactOptional() });
  return z
    .union([size(), withMode], { error: 'expected a size such as 1MB, or a value and a mode' })
    .prefault(value)
    .describe(description);
}

/** A count, or a count with a mode of its own. */
function limit(value: number, description: string) {
  const withMode = z.strictObject({ value: count().prefault(value), mode: mode().exactOptional() });
  return z
    .union([count(), withMode], { error: 'expected a number, or a value and a mode' })
    .prefault(value)
    .describe(description);
}

export const limits = z
  .strictObject({
    mode: mode()
      .prefault('enforce')
      .describe('measure: what exceeds a limit is logged and counted, and passes. Each limit may have its own.'),
    max_characters: limit(250_000, 'Characters of a document.'),
    max_lines: limit(5_000, 'Lines of a document.'),
    max_tokens: limit(15_000, 'Lexical tokens of a document.'),
    max_operations: limit(50, 'Operations in one document.'),
    max_fragments: limit(200, 'Named fragments in one document.'),
    max_variables: limit(500, 'Variables that a document defines.'),
    max_directives: limit(500, 'Directives in a document.'),
    max_directives_per_node: limit(5, 'Directives at one field, fragment, variable or operation.'),
    max_depth: limit(50, 'Nesting of fields.'),
    max_aliases: limit(500, 'Aliases, fragments expanded.'),
    max_root_fields: limit(100, 'Fields of the root type, fragments expanded.'),
    max_expanded_selections: limit(2_000, 'Selections after fragments are spread.'),
    max_overlaps: limit(20_000, 'Pairs of fields under one key of the answer, which validation compares.'),
    max_introspection_lists: limit(20, 'Lists asked of the schema; the query of GraphiQL has 9.'),
    max_variable_values: limit(10_000, 'Lists, objects and leaves in the variables of a request.'),
    expanded_bytes: sizeLimit('500KB', 'Text of an operation, fragments expanded.'),
    plan_bytes: sizeLimit('2MB', 'Requests of a plan to subgraphs, together.'),
    max_answer_objects: limit(250_000, 'Objects of an answer.'),
    answer_bytes: sizeLimit('32MB', 'Answer to a client. 1MB is 1,000,000 bytes.'),
    request_bytes: size().prefault('1MB').describe('Request body after decompression. 1MB is 1,000,000 bytes.'),
  })
  .prefault({})
  .describe('What one client request may ask for.');
