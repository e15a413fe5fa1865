import { ApolloServer, type ApolloServerPlugin, type GraphQLResponse, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GatewayInterface } from '@apollo/server-gateway-interface';
import type { Call } from '../call';
import { unlessCancelled } from '../cancellation';
import { HeadgateError } from '../errors';
import { announce } from '../events';
import { type Asked, type AskedLayer, type AskedStep, type Outcome, refused } from '../operations/asked';
import { gatewayResult } from '../operations/gateway-result';
import type { OperationsInService } from '../operations/operations';
import { subscriptionRefused, unresolved } from '../operations/refusals';
import type { PersistedQueries } from '../persisted-documents/automatic';
import { validationErrorsMax } from '../security/validation-errors';
import { publicGraphqlError } from './graphql/public-errors';
import type { ServerOptions } from './options';

/** The context value that plugins see. */
interface ApolloContext {
  readonly call: Call;
  readonly onError: Asked['onError'];
  /** With the document's text, as soon as that is known. Apollo Server hands on copies of the context. */
  readonly sent: { text: string | undefined };
}

export interface ApolloOptions {
  readonly operations: Pick<OperationsInService, 'admit' | 'followSchema' | 'errorsInSight'>;
  readonly options: Pick<ServerOptions, 'introspection' | 'exposeErrorDetails'>;
  /** Apollo Server plugins, after ours. */
  readonly plugins: readonly object[];
  /** Null: none are kept. */
  readonly persisted: PersistedQueries | null;
}

/** Apollo Server around what answers operations. */
export interface Apollo {
  readonly layer: AskedLayer;
  /** Starts once, and again after a failure. To be awaited when a supergraph is there; requests wait for it themselves. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Notes what the log needs, and refuses what names no operation. */
const recorder: ApolloServerPlugin<ApolloContext> = {
  requestDidStart: async () => ({
    didResolveSource: async ({ contextValue, source }) => {
      contextValue.sent.text = source;
    },
    didResolveOperation: async ({ contextValue: { call }, operation, operationName }) => {
      // Apollo Server answers 500 when the executor is asked to run no operation.
      if (!operation) throw unresolved();
      call.operation = { name: operationName, kind: operation.operation };
      if (operation.operation === 'subscription') throw subscriptionRefused();
    },
  }),
  unexpectedErrorProcessingRequest: async ({ error }) => announce('internal.error', { where: 'apollo', error }),
};

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

function createServer(
  { options, plugins, persisted }: ApolloOptions,
  gateway: GatewayInterface,
  validationOptions: { readonly hideSuggestions: boolean; readonly maxErrors: number },
): ApolloServer<ApolloContext> {
  return new ApolloServer<ApolloContext>({
    gateway,
    introspection: options.introspection,
    validationOptions,
    includeStacktraceInErrorResponses: options.exposeErrorDetails,
    formatError: (formatted, error) => publicGraphqlError(formatted, error, options.exposeErrorDetails),
    // User modules are plugins by contract; Apollo Server ignores members that it does not know.
    plugins: [recorder, ...disabledPlugins(plugins), ...(plugins as ApolloServerPlugin<ApolloContext>[])],
    // For plugins.
    cache: 'bounded',
    persistedQueries: persisted === null ? false : { cache: persistedQueryCache(persisted) },
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

function headerMap({ headers }: Call): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) map.set(name, typeof value === 'string' ? value : value.join(', '));
  }
  return map;
}

function outcomeOf({ body, http }: GraphQLResponse, { flight }: Call): Outcome {
  if (body.kind !== 'single') throw new HeadgateError('INTERNAL', 'a plugin answered incrementally');
  const { data, errors = [], extensions } = body.singleResult;
  const { status, headers } = http;
  return { data, errors, extensions, headers: flight?.answerHeaders ?? new Map(), http: { status, headers } };
}

/** Apollo Server with what it wraps as its gateway. The only module that knows it. */
class ApolloLayer implements Apollo {
  readonly #options: ApolloOptions;
  readonly #validation: { readonly hideSuggestions: boolean; maxErrors: number };
  readonly #stopListening: () => void;
  #server: ApolloServer<ApolloContext> | undefined;
  #starting: Promise<void> | undefined;

  constructor(options: ApolloOptions) {
    this.#options = options;
    // Suggestions tell what introspection is not to tell, and are dear where there are many names.
    this.#validation = { hideSuggestions: !options.options.introspection, maxErrors: 100 };
    this.#stopListening = options.operations.followSchema(({ apiSchema }) => {
      this.#validation.maxErrors = validationErrorsMax(apiSchema);
    });
  }

  readonly layer: AskedLayer = {
    name: 'Apollo Server',
    wrap: (next) => {
      this.#next = next;
      return (asked, call) => {
        // It parses what it is given.
        const tooLarge = asked.query === undefined ? null : this.#options.operations.admit(asked.query, call);
        return tooLarge === null ? unlessCancelled(this.#answer(asked, call), call.gone) : refused([tooLarge]);
      };
    },
  };

  #next: AskedStep = () => {
    throw new HeadgateError('INTERNAL', 'Apollo Server is around nothing');
  };

  readonly #gateway: GatewayInterface = {
    load: async () => ({
      executor: async ({ source, request: { operationName, variables }, context }) => {
        const { call, onError } = context as ApolloContext; // as: every operation is given this context
        const asked = { query: source, operationName, variables, extensions: undefined, ...(onError && { onError }) };
        return gatewayResult(await this.#next({ ...asked, key: null, isReadOnly: false, ownsAnswer: true }, call));
      },
    }),
    onSchemaLoadOrUpdate: (callback) => this.#options.operations.followSchema(callback),
    stop: async () => {},
  };

  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  async #start(): Promise<void> {
    try {
      // A new one for each attempt: one that failed cannot be started again.
      const server = createServer(this.#options, this.#gateway, this.#validation);
      await server.start();
      this.#server = server;
    } catch (error) {
      this.#starting = undefined;
      throw error;
    }
  }

  async #answer(asked: Asked, call: Call): Promise<Outcome> {
    const { query, operationName, variables, extensions, isReadOnly, onError } = asked;
    const server = this.#server ?? (await this.#started());
    const method = isReadOnly ? 'GET' : 'POST';
    const given = {
      ...(query !== undefined && { query }),
      ...(operationName !== undefined && { operationName }),
      // Plugins may change them, and others ask with the same.
      ...(variables !== undefined && { variables: { ...variables } }),
      ...(extensions !== undefined && { extensions: { ...extensions } }),
    };
    const request = { ...given, http: { method, headers: headerMap(call), search: '', body: given } };
    const contextValue: ApolloContext = { call, onError, sent: { text: query } };
    const outcome = outcomeOf(await server.executeOperation(request, { contextValue }), call);
    if (outcome.data !== undefined) return outcome;
    const seen = await this.#options.operations.errorsInSight(outcome.errors, contextValue.sent.text, call);
    return seen === null ? outcome : { ...outcome, errors: seen };
  }

  async #started(): Promise<ApolloServer<ApolloContext>> {
    try {
      await this.start();
    } catch (error) {
      announce('internal.error', { where: 'start of Apollo Server', error });
    }
    if (this.#server !== undefined) return this.#server;
    throw new HeadgateError('GATEWAY_NOT_READY', 'no supergraph is loaded yet; try again shortly');
  }

  async stop(): Promise<void> {
    this.#stopListening();
    await this.#starting?.catch(() => {});
    await this.#server?.stop();
  }
}

export function createApollo(options: ApolloOptions): Apollo {
  return new ApolloLayer(options);
}
