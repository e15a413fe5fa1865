import type { AuditEntry } from './audit/entry';
import type { Change, PreparedChange } from './change';
import type { Acceptor } from './http/acceptor';
import type { WorkerCount } from './http/health';
import type { Route } from './http/route';
import type { Store } from './store/store';
import type { DeliveredSupergraph } from './supergraph-provider';
import type { PoolCheckpoint } from './transport/pool-checkpoint';
import type { UsageReport } from './usage/counts';

/** Replacements in a worker process for what a gateway opens itself: connections, supergraphs, configurations, operators' calls. */
export interface Upstream {
  /** Number of this worker, for the log. */
  readonly worker: number;
  readonly acceptor: Acceptor;
  readonly workers: () => WorkerCount | null;
  /** What a sibling knows of the pools; null when there is none to ask. */
  readonly pools: PoolCheckpoint | null;
  /** Whether this worker keeps the checkpoint of the pools for all of them. */
  readonly keepsPools: boolean;
  /** Takes entries of refused access for the audit log. */
  readonly audit?: (entry: AuditEntry) => void;
  /** Takes what this worker has counted of what clients ask for. */
  readonly usage?: (reports: readonly UsageReport[]) => void;
  /** What all workers share. */
  readonly store: Store;
  /** Takes the place of sources, files and the admin listener. Resolves when what there is to serve is being served. */
  open(worker: WorkerSide): Promise<void>;
}

/** Side of a worker that its primary may call. */
export interface WorkerSide {
  readonly serve: (supergraph: DeliveredSupergraph) => Promise<void>;
  /** Everything of a change that may fail. One change at a time. */
  readonly prepare: (change: Change) => Promise<PreparedChange>;
  readonly recordPools: () => PoolCheckpoint;
  /** Reports what was counted until now. */
  readonly reportUsage: () => Promise<void>;
  /** The calls of operators that are about this process. */
  readonly routes: readonly Route[];
}
