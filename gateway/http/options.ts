import type { QueryPlanExposure } from '../operations/explain';
import type { AdminKey } from './admin-keys';
import type { BrowserOptions } from './browsers/options';
import type { CompressionOptions } from './compression/options';
import type { ResponseCodes } from './graphql/status-rules';
import type { ServerTlsOptions } from './tls/options';

export interface TcpAddress {
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
}

/** A socket in the file system. */
interface UnixAddress {
  readonly path: string;
  /** Who may connect: the permissions of the file. */
  readonly mode: number;
}

export type ListenOptions = TcpAddress | UnixAddress;

export interface ServerOptions {
  /** At least one; what is told of it is the first over TCP. */
  readonly listen: readonly ListenOptions[];
  /** Clients connect by TLS; with which certificate, {@link ClientOptions} says. */
  readonly isSecure: boolean;
  /** Clients may speak HTTP/2: with TLS they choose it in the handshake, without they begin with it. `sound`: where nothing is known against it. */
  readonly http2: boolean | 'sound';
  /** Null: answers are sent as they are. */
  readonly compression: CompressionOptions | null;
  /** Where GraphQL is served, e.g. `/graphql`. */
  readonly path: string;
  /** Connections that may be open at once, where the process may have so many descriptors. */
  readonly connectionsMax: number;
  /** Addresses and ranges of proxies whose word about requests counts: their name, their client. */
  readonly trustedProxies: readonly string[];
  /** These proxies begin each connection with a PROXY header. */
  readonly proxyProtocol: boolean;
  /** Bytes of a request body after decompression. */
  readonly requestBytesMax: number;
  /** Milliseconds for one client request. */
  readonly timeoutMs: number;
  /** Equal queries in flight share one execution. */
  readonly deduplicate: boolean;
  readonly graphiql: boolean;
  /** What the first tab of GraphiQL holds; a greeting without it. */
  readonly graphiqlQuery?: string;
  readonly introspection: boolean;
  /** Answers carry `extensions.queryPlan` and the calls made: all, none, or those whose request has the header. */
  readonly exposeQueryPlan: QueryPlanExposure;
  /** Error details (stack traces, causes) in answers: development only. */
  readonly exposeErrorDetails: boolean;
  /** By what rules the status of a GraphQL answer says what became of the request. */
  readonly responseCodes: ResponseCodes;
  /** Milliseconds that requests in flight get after SIGTERM. */
  readonly drainMs: number;
  /** Absolute paths of modules that export a plugin of ours. */
  readonly plugins: readonly string[];
  /** Absolute paths of modules that export an Apollo Server plugin. */
  readonly apolloPlugins: readonly string[];
}

/** Options that a running listener for clients takes over. */
export interface ClientOptions extends BrowserOptions {
  /** Null: clients connect without TLS. */
  readonly tls: ServerTlsOptions | null;
  /** Requests being answered at once; those beyond are refused. */
  readonly concurrencyMax: number;
}

export interface AdminOptions {
  readonly listen: TcpAddress;
  /** Bearer token; null allows loopback callers without one. */
  readonly token: string | null;
  /** Others that may do some things only. With any of them, loopback callers need one, too. */
  readonly keys?: readonly AdminKey[];
  readonly requestBytesMax: number;
}
