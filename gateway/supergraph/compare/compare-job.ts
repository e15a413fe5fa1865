import { buildASTSchema, type DocumentNode, type GraphQLSchema, parse, validate } from 'graphql';
import type { Compared, CompareJob, NoticedChange } from '../thread/jobs';
import { type ApiChange, apiChanges } from './api-changes';
import { mentionsIn } from './mentions';

/** Changes and operations of each that are told. */
const CHANGES_MAX = 1_000;
const FIRST_MAX = 20;
const ORDER = { breaking: 0, dangerous: 1, safe: 2 } as const;

interface Recorded {
  readonly document: DocumentNode;
  readonly mentions: ReadonlySet<string>;
  readonly count: number;
  /** Of the schema to come; undefined before it matters. */
  error: string | null | undefined;
}

/** Compares two API schemas, and tries the operations that have to do with what changes. */
export function runCompareJob({ before, after, operations }: CompareJob): Compared {
  const [old, next] = [schemaOf(before), schemaOf(after)];
  const changes = apiChanges(old, next);
  const matter = changes.some(({ criticality }) => criticality !== 'safe');
  const recorded = matter ? operations.map(({ text, count }) => read(old, text, count)) : [];
  const noticed = changes
    .map((change) => noticedChange(change, recorded, next))
    .sort((a, b) => ORDER[a.criticality] - ORDER[b.criticality] || b.requests - a.requests);
  return { kind: 'compared', changes: noticed.slice(0, CHANGES_MAX) };
}

function noticedChange(
  { noticedBy, ifInvalid, ...change }: ApiChange,
  recorded: readonly (Recorded | null)[],
  next: GraphQLSchema,
): NoticedChange {
  const first: { operation: number; error: string | null }[] = [];
  let operations = 0;
  let requests = 0;
  if (change.criticality !== 'safe') {
    for (const [operation, one] of recorded.entries()) {
      if (one === null || !noticedBy.some((mention) => one.mentions.has(mention))) continue;
      one.error = one.error === undefined ? errorOf(next, one.document) : one.error;
      if (ifInvalid && one.error === null) continue;
      operations += 1;
      requests += one.count;
      if (first.length < FIRST_MAX) first.push({ operation, error: one.error });
    }
  }
  return { ...change, operations, requests, first };
}

function schemaOf(parts: readonly string[]): GraphQLSchema {
  return buildASTSchema(parse(parts.join('\n'), { noLocation: true }), { assumeValid: true });
}

/** Null for a text that was recorded and cannot be read. */
function read(schema: GraphQLSchema, text: string, count: number): Recorded | null {
  try {
    const document = parse(text, { noLocation: true });
    return { document, mentions: mentionsIn(schema, document), count, error: undefined };
  } catch {
    return null;
  }
}

function errorOf(schema: GraphQLSchema, document: DocumentNode): string | null {
  return validate(schema, document, undefined, { maxErrors: 1 })[0]?.message ?? null;
}
