import type { Change } from '../audit/change';
import type { AuditEntry } from '../audit/entry';
import type { ConfigSource } from '../config/load';
import { type ErrorCode, HeadgateError, isErrorCode, isHeadgateError } from '../errors';
import type { WorkerCount } from '../http/health';
import type { TcpAddress } from '../http/options';
import type { Answer, Route } from '../http/route';
import type { StoreAnswers, StoreBatch, StorePublished } from '../store/messages';
import type { DeliveredSupergraph } from '../supergraph-provider';
import type { PoolCheckpoint } from '../transport/pool-checkpoint';
import type { UsageReport } from '../usage/counts';

/** The first message to a worker: all that it needs to answer. */
export interface StartMessage {
  readonly kind: 'start';
  readonly worker: number;
  readonly config: ConfigSource;
  /** What clients connect to. */
  readonly url: string;
  readonly addresses: readonly TcpAddress[];
  readonly workers: WorkerCount;
  /** Null when nothing is served yet. */
  readonly supergraph: DeliveredSupergraph | null;
  /** Of a sibling; null when there is none. */
  readonly pools: PoolCheckpoint | null;
  readonly keepsPools: boolean;
}

/** Supergraph and configuration that all workers take over together, or none of them; null is what stays. */
export interface CrewChange {
  readonly supergraph: DeliveredSupergraph | null;
  readonly config: ConfigSource | null;
}

/** A call of an operator, received by the primary. */
export interface OperatorCall {
  readonly method: string;
  readonly path: string;
  readonly search: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly remoteAddress: string | undefined;
  /** As the primary's guard found. */
  readonly actor: string;
  readonly body: Uint8Array;
}

/** What a worker did for an operator. */
export interface OperatorAnswer {
  readonly answer: Answer;
  /** For the audit log. */
  readonly change: Change | null;
}

/** Answer of one worker to a call of an operator. */
export interface WorkerAnswer {
  readonly worker: number;
  readonly answer: Answer;
}

/** Questions of the primary, with the types of their answers. */
export interface Questions {
  /** Everything of a change that may fail; the worker goes on as before until it is told to commit or to abandon it. */
  prepare: { readonly asks: CrewChange; readonly answers: null };
  commit: { readonly asks: null; readonly answers: null };
  abandon: { readonly asks: null; readonly answers: null };
  operate: { readonly asks: OperatorCall; readonly answers: OperatorAnswer };
  recordPools: { readonly asks: null; readonly answers: PoolCheckpoint };
  /** To report at once what it has counted; the reports come first. */
  reportUsage: { readonly asks: null; readonly answers: null };
  /** Whether the worker still turns. */
  ping: { readonly asks: null; readonly answers: null };
}

export interface Question<Name extends keyof Questions = keyof Questions> {
  readonly kind: 'question';
  readonly id: number;
  readonly name: Name;
  readonly asks: Questions[Name]['asks'];
}

/** What a primary knows of a route of its workers. */
export type OperatorRoute = Pick<Route, 'method' | 'path' | 'action' | 'onlyChanges'>;

export type ToWorker =
  | StartMessage
  | StoreAnswers
  | StorePublished
  | Question
  | { readonly kind: 'workers'; readonly workers: WorkerCount }
  /** Comes with a socket. */
  | {
      readonly kind: 'connection';
      /** As of `sourceAddress`; null: what the socket says. */
      readonly source: string | null;
    }
  | { readonly kind: 'drain'; readonly signal: string }
  | { readonly kind: 'settled' }
  | { readonly kind: 'closed' };

export type FromWorker =
  | StoreBatch
  /** For the audit log: access that was refused, as few of them as may be. */
  | { readonly kind: 'audit'; readonly entry: AuditEntry }
  /** What clients have asked it for. */
  | { readonly kind: 'usage'; readonly reports: readonly UsageReport[] }
  /** Takes connections from now on. */
  | { readonly kind: 'online'; readonly routes: readonly OperatorRoute[] }
  /** Cannot start, and ends. */
  | { readonly kind: 'failed'; readonly error: PlainError }
  | { readonly kind: 'answer'; readonly id: number; readonly answers: Questions[keyof Questions]['answers'] }
  | { readonly kind: 'refusal'; readonly id: number; readonly error: PlainError }
  /** The connection is in this process; nothing was read from it before. */
  | { readonly kind: 'taken' }
  /** Draining: the clients here were told, or are gone. */
  | { readonly kind: 'told' }
  /** Draining: nobody connects any more. */
  | { readonly kind: 'quiet' };

/** An error on its way between processes. */
export interface PlainError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>> | undefined;
}

export function plainError(error: unknown): PlainError {
  if (isHeadgateError(error)) return { code: error.code, message: error.message, details: error.details };
  return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error), details: undefined };
}

export function revivedError({ code, message, details }: PlainError): HeadgateError {
  const known = isErrorCode(code) ? code : 'INTERNAL';
  return new HeadgateError(known, message, details === undefined ? {} : { details });
}
