import { buildASTSchema, type DocumentNode, type GraphQLSchema, parse, validate } from 'graphql';
import type { Compared, CompareJob, NoticedChange } from '../thread/jobs';
import { apiChanges } from './api-changes';
import { mentionsIn } from './mentions';

/** Errors of one operation that are told. */
const ERRORS_MAX = 3;

interface Recorded {
  readonly document: DocumentNode;
  readonly mentions: ReadonlySet<string>;
  /** Of the schema to come; not looked for before it matters. */
  errors: readonly string[] | null;
}

/** Compares two API schemas, and tries the operations that have to do with what changes. */
export function runCompareJob({ before, after, operations }: CompareJob): Compared {
  const [old, next] = [schemaOf(before), schemaOf(after)];
  const changes = apiChanges(old, next);
  if (changes.every(({ criticality }) => criticality === 'safe'))
    return { kind: 'compared', changes: changes.map((change) => ({ ...change, operations: [] })), errors: [] };
  const recorded = operations.map((text) => read(old, text));
  const noticed = changes.map((change): NoticedChange => {
    const { criticality, noticedBy, ifInvalid } = change;
    if (criticality === 'safe') return { ...change, operations: [] };
    const using = recorded.flatMap((one, index) => {
      if (one === null || !noticedBy.some((mention) => one.mentions.has(mention))) return [];
      one.errors ??= errorsOf(next, one.document);
      return ifInvalid && one.errors.length === 0 ? [] : [index];
    });
    return { ...change, operations: using };
  });
  return { kind: 'compared', changes: noticed, errors: recorded.map((one) => one?.errors ?? []) };
}

function schemaOf(parts: readonly string[]): GraphQLSchema {
  return buildASTSchema(parse(parts.join('\n'), { noLocation: true }), { assumeValid: true });
}

/** Null for a text that was recorded and cannot be read. */
function read(schema: GraphQLSchema, text: string): Recorded | null {
  try {
    const document = parse(text, { noLocation: true });
    return { document, mentions: mentionsIn(schema, document), errors: null };
  } catch {
    return null;
  }
}

function errorsOf(schema: GraphQLSchema, document: DocumentNode): readonly string[] {
  return validate(schema, document, undefined, { maxErrors: ERRORS_MAX })
    .slice(0, ERRORS_MAX)
    .map(({ message }) => message);
}
