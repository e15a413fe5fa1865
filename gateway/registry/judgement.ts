import { HeadgateError } from '../errors';
import type { compareSupergraphs, NoticedChange } from '../supergraph/compare/compare';
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

export interface JudgedChange extends Omit<NoticedChange, 'first'> {
  /** The most frequent {@link USES_MAX}. */
  readonly uses: readonly ChangeUse[];
}

/** Judgement of what a change of the supergraph means for those who ask. */
export interface Judgement {
  readonly checks: Checks;
  /** What was recorded in the window. */
  readonly recorded: { readonly operations: number; readonly requests: number };
  /** What breaks most first. */
  readonly changes: readonly JudgedChange[];
  /** Changes for which it is refused. */
  readonly refused: readonly JudgedChange[];
}

export interface JudgeParts {
  readonly checks: Checks;
  /** Null: nobody records what clients ask for. */
  readonly usage: () => Promise<{ uses(windowMs: number): readonly OperationUse[] } | null>;
  readonly compare: typeof compareSupergraphs;
}

const USES_MAX = 10;
/** Operations that are replayed, the most frequent first. */
const REPLAYED_MAX = 10_000;
const NAMED_MAX = 5;
/** Refused changes that a refusal names. */
const REFUSED_MAX = 200;
const DAY_MS = 24 * 3_600_000;

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
    const asked = replayed.map(({ operation: { text }, count }) => ({ text, count }));
    const changes = (await compare(before, after, asked)).map((change) => judgedChange(change, replayed));
    const isRefused = ({ criticality, operations }: JudgedChange) =>
      criticality === 'breaking' && (checks.breaking === 'all' || (checks.breaking === 'used' && operations > 0));
    return {
      checks,
      recorded: { operations: recorded.length, requests: recorded.reduce((sum, { count }) => sum + count, 0) },
      changes,
      refused: changes.filter(isRefused),
    };
  }
}

function judgedChange({ first, ...change }: NoticedChange, recorded: readonly OperationUse[]): JudgedChange {
  const uses = first.flatMap(({ operation: index, error }) => {
    const use = recorded[index];
    if (use === undefined) return [];
    const { id, name } = use.operation;
    return use.clients.map(
      ({ client, count, lastAt }): ChangeUse => ({ operation: { id, name }, client, count, lastAt, error }),
    );
  });
  uses.sort((a, b) => b.count - a.count || b.lastAt - a.lastAt);
  return { ...change, uses: uses.slice(0, USES_MAX) };
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
  const problems = refused.slice(0, REFUSED_MAX).map((change) => ({
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
  const more = refused.length - problems.length;
  const lines = [...problems.map(({ message }) => message), ...(more > 0 ? [`and ${more} more`] : [])];
  const count = refused.length === 1 ? 'one change' : `${refused.length} changes`;
  const message = `${count} would break clients; deprecate first, or pass allow_breaking=true (--allow-breaking):\n${lines.join('\n')}`;
  return new HeadgateError('BREAKING_CHANGE', message, { details: { problems } });
}
