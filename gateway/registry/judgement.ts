import { HeadgateError } from '../errors';
import type { Comparison, NoticedChange } from '../supergraph/compare/compare';
import type { ClientName } from '../usage/counts';
import type { OperationUse } from '../usage/usage-book';

/** What is asked of a change before it is stored. */
export interface Checks {
  /** Which breaking changes are refused: those that operations of clients notice, all, or none. */
  readonly breaking: 'used' | 'all' | 'off';
  /** Milliseconds: what was asked for before counts no more. */
  readonly windowMs: number;
}

/** A client with an operation that notices a change. */
interface ChangeUse {
  readonly operation: { readonly id: string; readonly name: string | null };
  readonly client: ClientName;
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly lastAt: number;
  /** What is wrong with the operation afterwards; null: it is valid, and means something else. */
  readonly error: string | null;
}

export interface JudgedChange extends Pick<NoticedChange, 'criticality' | 'kind' | 'coordinate' | 'message'> {
  readonly operations: number;
  readonly requests: number;
  /** The most frequent {@link USES_MAX}. */
  readonly uses: readonly ChangeUse[];
}

/** Judgement of what a change of the supergraph means for those who ask. */
export interface Judgement {
  readonly checks: Checks;
  /** What was recorded in the window. */
  readonly recorded: { readonly operations: number; readonly requests: number };
  /** Breaking ones first; the first {@link CHANGES_MAX}. */
  readonly changes: readonly JudgedChange[];
  /** Changes for which it is refused. */
  readonly refused: readonly JudgedChange[];
}

export interface JudgeParts {
  readonly checks: Checks;
  /** Null: nobody records what clients ask for. */
  readonly usage: () => Promise<{ uses(windowMs: number): readonly OperationUse[] } | null>;
  readonly compare: (before: string, after: string, operations: readonly string[]) => Promise<Comparison>;
}

const CHANGES_MAX = 1_000;
const USES_MAX = 10;
/** Operations that are replayed, the most frequent first. */
const REPLAYED_MAX = 10_000;
const NAMED_MAX = 5;
const DAY_MS = 24 * 3_600_000;
const ORDER = { breaking: 0, dangerous: 1, safe: 2 } as const;

/** Judges changes of supergraphs by what clients ask for. */
export class Judge {
  readonly #parts: JudgeParts;

  constructor(parts: JudgeParts) {
    this.#parts = parts;
  }

  /**
   * @param before @param after supergraphs
   * @throws {HeadgateError} SUPERGRAPH_INVALID
   */
  async judge(before: string, after: string): Promise<Judgement> {
    const { checks, usage, compare } = this.#parts;
    const recorded = (await usage())?.uses(checks.windowMs) ?? [];
    const replayed = recorded.slice(0, REPLAYED_MAX);
    const texts = replayed.map(({ operation }) => operation.text);
    const { changes, errors } = await compare(before, after, texts);
    const judged = changes
      .map((change) => judgedChange(change, replayed, errors))
      .sort((a, b) => ORDER[a.criticality] - ORDER[b.criticality] || b.requests - a.requests);
    const breaking = judged.filter(({ criticality }) => criticality === 'breaking');
    return {
      checks,
      recorded: { operations: recorded.length, requests: recorded.reduce((sum, { count }) => sum + count, 0) },
      changes: judged.slice(0, CHANGES_MAX),
      refused: breaking.filter(
        ({ operations }) => checks.breaking === 'all' || (checks.breaking === 'used' && operations > 0),
      ),
    };
  }
}

function judgedChange(
  { criticality, kind, coordinate, message, operations }: NoticedChange,
  recorded: readonly OperationUse[],
  errors: Comparison['errors'],
): JudgedChange {
  const noticed = operations.flatMap((index) => {
    const use = recorded[index];
    return use === undefined ? [] : [{ use, error: errors[index]?.[0] ?? null }];
  });
  const uses = noticed.flatMap(({ use: { operation, clients }, error }) =>
    clients.map(({ client, count, lastAt }): ChangeUse => {
      const { id, name } = operation;
      return { operation: { id, name }, client, count, lastAt, error };
    }),
  );
  uses.sort((a, b) => b.count - a.count || b.lastAt - a.lastAt);
  const requests = noticed.reduce((sum, { use }) => sum + use.count, 0);
  return {
    criticality,
    kind,
    coordinate,
    message,
    operations: noticed.length,
    requests,
    uses: uses.slice(0, USES_MAX),
  };
}

/** One line: `Query.cart was removed: mobile-ios 4.2 ran Cart 1,310 times in 7 days`. */
export function printChange({ message, uses, operations, requests }: JudgedChange, { windowMs }: Checks): string {
  const named = uses.slice(0, NAMED_MAX).map(printUse);
  if (named.length === 0) return message;
  const days = Math.max(1, Math.ceil(windowMs / DAY_MS));
  const window = `in ${days === 1 ? 'one day' : `${days} days`}`;
  const all =
    uses.length > named.length || operations > named.length
      ? ` (${counted(requests)} of ${operations} operations)`
      : '';
  return `${message}: ${named.join(', ')}${all} ${window}`;
}

function printUse({ client: { name, version }, operation, count }: ChangeUse): string {
  const client = name === null ? 'a client without a name' : version === null ? name : `${name} ${version}`;
  return `${client} ran ${operation.name ?? 'an operation without a name'} ${counted(count)}`;
}

function counted(count: number): string {
  return count === 1 ? 'once' : `${count.toLocaleString('en-US')} times`;
}

/** As calls of the admin listener have them. */
export function usesView({ uses }: JudgedChange) {
  return uses.map(({ lastAt, ...use }) => ({ ...use, last_at: new Date(lastAt).toISOString() }));
}

/** The refusal of what would break clients. */
export function breakingChange({ refused, checks }: Judgement): HeadgateError {
  const problems = refused.map((change) => ({
    subgraph: null,
    message: printChange(change, checks),
    code: 'BREAKING_CHANGE',
    line: null,
    column: null,
    kind: change.kind,
    coordinate: change.coordinate,
    operations: change.operations,
    requests: change.requests,
    uses: usesView(change),
  }));
  const lines = problems.slice(0, CHANGES_MAX).map(({ message }) => message);
  const count = problems.length === 1 ? 'one change' : `${problems.length} changes`;
  const message = `${count} would break clients; deprecate first, or pass allow_breaking=true (--allow-breaking):\n${lines.join('\n')}`;
  return new HeadgateError('BREAKING_CHANGE', message, { details: { problems } });
}
