import type { IncomingHttpHeaders } from 'node:http';
import { ApolloServer, type ApolloServerPlugin, HeaderMap, type HTTPGraphQLResponse } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GatewayInterface } from '@apollo/server-gateway-interface';
import { type FormattedExecutionResult, GraphQLError } from 'graphql';
import { HeadgateError } from '../errors';
import { announce, type Events } from '../events';
import { stringifyJson } from '../json/stringify';
import type { PersistedQueries } from '../persisted-queries';
import { encode, type GatewayContext, holdsText } from '../pipeline';
import { validationErrorsMax } from '../security/validation-errors';
import { formatError } from './apollo-errors';
import type { ServerOptions } from './options';

/** Record of one operation, written while Apollo Server works on it. */
export interface Outcome {
  operationName: string | null;
  operationKind: Events['request.finished']['operationKind'];
  /** `extensions.code` of each error. */
  errorCodes: readonly unknown[];
  /** True when the answer has a `data` entry, null included. */
  hasData: boolean;
  /** The answer itself, when it has text in it that is not to be made a string of. */
  textual: FormattedExecutionResult | null;
}

/** The context value that plugins and the executor see. */
interface ApolloContext extends GatewayContext {
  readonly outcome: Outcome;
  /** What Apollo Server reads from the query string of a GET itself, numbers included. */
  readonly variables?: Record<string, unknown> | undefined;
}

interface ApolloRequest {
  readonly method: string;
  readonly headers: Readonly<IncomingHttpHeaders>;
  /** With its `?`, or empty. */
  readonly search: string;
  /** Parsed JSON; undefined for GET. */
  readonly body: unknown;
}

export interface ApolloAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string | Buffer;
}

export interface Apollo {
  /** To be awaited before {@link execute}, once a supergraph is loaded; starts once, and again after a failure. */
  start(): Promise<void>;
  execute(request: ApolloRequest, context: ApolloContext): Promise<ApolloAnswer>;
  stop(): Promise<void>;
}

export interface ApolloOptions {
  readonly gateway: GatewayInterface;
  readonly options: Pick<ServerOptions, 'introspection' | 'exposeErrorDetails'>;
  /** Apollo Server plugins, after ours. */
  readonly plugins: readonly object[];
  readonly persistedQueries: PersistedQueries;
}

export function newOutcome(): Outcome {
  return { operationName: null, operationKind: null, errorCodes: [], hasData: false, textual: null };
}

const UNRESOLVED = '"operationName" must name one of the operations of the document';

/** Notes what the log and the status of the answer need, and refuses what names no operation. */
const recorder: ApolloServerPlugin<ApolloContext> = {
  requestDidStart: async ({ request, contextValue: { variables } }) => {
    if (variables !== undefined) request.variables = variables;
    return {
      didResolveOperation: async ({ contextValue: { outcome }, operation, operationName }) => {
        // Apollo Server answers 500 when the executor is asked to run no operation.
        if (!operation) throw refusal('OPERATION_RESOLUTION_FAILURE', UNRESOLVED);
        outcome.operationName = operationName;
        outcome.operationKind = operation.operation;
        if (operation.operation === 'subscription')
          throw refusal('BAD_REQUEST', 'this gateway does not execute subscriptions; send a query or a mutation');
      },
      willSendResponse: async ({ contextValue: { outcome }, response }) => {
        const result = response.body.kind === 'single' ? response.body.singleResult : response.body.initialResult;
        outcome.errorCodes = (result.errors ?? []).map((error) => error.extensions?.code);
        outcome.hasData = result.data !== undefined;
        outcome.textual = holdsText(result.data) ? result : null;
      },
    };
  },
  unexpectedErrorProcessingRequest: async ({ error }) => announce('internal.error', { where: 'apollo', error }),
};

function refusal(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status: 400, headers: new HeaderMap() } } });
}

/** What Apollo Server would add by itself: reports to its vendor, a landing page, cache headers. */
function disabledPlugins(plugins: readonly object[]): ApolloServerPlugin<ApolloContext>[] {
  const idOf = (plugin: object) => ('__internal_plugin_id__' in plugin ? plugin.__internal_plugin_id__ : undefined);
  const chosen = new Set(plugins.map(idOf));
  return [
    ApolloServerPluginCacheControlDisabled(),
    ApolloServerPluginInlineTraceDisabled(),
    ApolloServerPluginLandingPageDisabled(),
    ApolloServerPluginSchemaReportingDisabled(),
    ApolloServerPluginUsageReportingDisabled(),
  ].filter((plugin) => !chosen.has(idOf(plugin)));
}

type PersistedQueryCache = NonNullable<
  NonNullable<Exclude<ConstructorParameters<typeof ApolloServer>[0]['persistedQueries'], false>>['cache']
>;
/** What Apollo Server puts before a hash. */
const APQ_PREFIX = 'apq:';

function persistedQueryCache(queries: PersistedQueries): PersistedQueryCache {
  return {
    get: async (key) => (await queries.find(key.slice(APQ_PREFIX.length))) ?? undefined,
    set: async (key, query) => queries.keep(key.slice(APQ_PREFIX.length), query),
    delete: async () => false,
  };
}

function createServer(
  { gateway, options, plugins, persistedQueries }: ApolloOptions,
  validationOptions: { readonly hideSuggestions: boolean; readonly maxErrors: number },
): ApolloServer<ApolloContext> {
  return new ApolloServer<ApolloContext>({
    gateway,
    introspection: options.introspection,
    validationOptions,
    includeStacktraceInErrorResponses: options.exposeErrorDetails,
    formatError: (formatted, error) => formatError(formatted, error, options.exposeErrorDetails),
    // User modules are plugins by contract; Apollo Server ignores members that it does not know.
    plugins: [recorder, ...disabledPlugins(plugins), ...(plugins as ApolloServerPlugin<ApolloContext>[])],
    // For plugins.
    cache: 'bounded',
    persistedQueries: { cache: persistedQueryCache(persistedQueries) },
    // Megabytes of schema as a string, and then as bytes again, would keep the loop busy for 100 ms.
    stringifyResult: (result) => (holdsText(result.data) ? '' : `${stringifyJson(result)}\n`),
    csrfPrevention: true,
    stopOnTerminationSignals: false,
    nodeEnv: 'production',
    logger: {
      debug: () => {},
      info: () => {},
      warn: () => {},
      error: (message) => announce('internal.error', { where: 'apollo', error: message }),
    },
  });
}

function headerMap(headers: Readonly<IncomingHttpHeaders>): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) map.set(name, typeof value === 'string' ? value : value.join(', '));
  }
  return map;
}

function completeBody({ body }: HTTPGraphQLResponse, { textual }: Outcome): string | Buffer {
  // In the order that Apollo Server gives them.
  if (textual !== null) {
    const { errors, data, extensions } = textual;
    return encode({ errors, data, extensions });
  }
  if (body.kind === 'complete') return body.string;
  throw new HeadgateError('INTERNAL', 'a plugin answered incrementally');
}

/** Apollo Server with our engine as its gateway. The only module that knows it. */
export function createApollo(options: ApolloOptions): Apollo {
  let server: ApolloServer<ApolloContext> | undefined;
  let starting: Promise<void> | undefined;
  // Suggestions tell what introspection is not to tell, and are dear where there are many names.
  const hideSuggestions = !options.options.introspection;
  const validation = { hideSuggestions, maxErrors: 100 };
  const stopListening = options.gateway.onSchemaLoadOrUpdate(({ apiSchema }) => {
    validation.maxErrors = validationErrorsMax(apiSchema);
  });
  const start = async () => {
    try {
      // A new one for each attempt: one that failed cannot be started again.
      const next = createServer(options, validation);
      await next.start();
      server = next;
    } catch (error) {
      starting = undefined;
      throw error;
    }
  };
  return {
    start: () => {
      starting ??= start();
      return starting;
    },
    execute: async ({ method, headers, search, body }, context) => {
      if (server === undefined)
        throw new HeadgateError('INTERNAL', 'an operation came before Apollo Server was started');
      const response = await server.executeHTTPGraphQLRequest({
        httpGraphQLRequest: { method, headers: headerMap(headers), search, body },
        // Plugins read answers, and change them.
        context: async () => ({ ...context, takesJsonText: options.plugins.length === 0 }),
      });
      return {
        status: response.status ?? 200,
        headers: response.headers,
        body: completeBody(response, context.outcome),
      };
    },
    stop: async () => {
      stopListening();
      await starting?.catch(() => {});
      await server?.stop();
    },
  };
}
