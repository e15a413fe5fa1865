import type { AddressOptions } from '../addresses';
import type { AuditOptions } from '../audit/options';
import type { AuthenticationOptions } from '../authentication/options';
import type { AuthorizationOptions } from '../authorization/options';
import type { DemandControlOptions } from '../demand-control/options';
import type { AdminOptions, ClientOptions, ServerOptions } from '../http/options';
import type { LogOptions } from '../observability/options';
import type { DocumentOptions, PersistedOptions } from '../persisted-documents/options';
import type { PlanningOptions } from '../planning/options';
import type { RateLimitOptions } from '../rate-limits/options';
import type { RegistryOptions } from '../registry/options';
import type { LimitOptions } from '../security/options';
import type { StoreOptions } from '../store/options';
import type { SupergraphOptions } from '../supergraph/options';
import type { SubgraphOptions } from '../transport/options';
import type { UsageOptions } from '../usage/options';

/** A configuration as it takes effect: complete, checked, frozen; every default filled in, every path absolute. */
export interface Config {
  readonly server: ServerOptions;
  readonly clients: ClientOptions;
  /** Null when `admin: false`. */
  readonly admin: AdminOptions | null;
  /** Null when nobody is asked who they are. */
  readonly authentication: AuthenticationOptions | null;
  /** How requests are read that name a document. */
  readonly persistedDocuments: PersistedOptions;
  /** Null: no manifests, and every operation may be asked for. */
  readonly documents: DocumentOptions | null;
  /** Null when no audit log is written. */
  readonly audit: AuditOptions | null;
  /** Null when the file says nothing of it. */
  readonly authorization: AuthorizationOptions | null;
  readonly supergraph: SupergraphOptions;
  /** The subgraphs that the file names. */
  readonly subgraphs: ReadonlyMap<string, SubgraphOptions>;
  /**
   * Options of a subgraph that a supergraph or the registry names and the file does not: defaults and
   * `traffic_shaping.all`/`subgraphs.<name>` applied, instances as given.
   */
  readonly optionsFor: (
    name: string,
    kind: 'graphql' | 'rest',
    instances: Readonly<Record<string, readonly { readonly url: string; readonly weight: number }[]>>,
  ) => SubgraphOptions;
  /** Where instances may be, over what is denied by itself. */
  readonly addresses: AddressOptions;
  /** `checkpoint`: where pools keep what they know for the next process; null keeps nothing. */
  readonly discovery: { readonly checkpoint: string | null };
  readonly limits: LimitOptions;
  /** Null when nothing is counted. */
  readonly rateLimits: RateLimitOptions | null;
  /** Null when nothing is estimated. */
  readonly demandControl: DemandControlOptions | null;
  /** Budgets of the process in bytes; null: as large as its heap suggests. */
  readonly memory: { readonly keptBytes: number | null; readonly underWayBytes: number | null };
  readonly planning: PlanningOptions;
  readonly registry: RegistryOptions;
  readonly store: StoreOptions;
  /** Null when nobody records what clients ask for. */
  readonly usage: UsageOptions | null;
  readonly log: LogOptions;
  /** Processes that share the port; `workers`. */
  readonly workers: number;
  /** Keys that the file sets and that this version accepts without acting on them. */
  readonly notInEffect: readonly string[];
}
