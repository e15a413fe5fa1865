import type {
  GraphQLDataSource,
  ServiceEndpointDefinition,
  SupergraphManager,
  SupergraphSdlHook,
} from '@apollo/gateway';
import type { GivenSettings } from '../config/object-config';
import type { PluginModule } from '../plugins/plugin';

/** Takes the names that a constructor of ApolloGateway takes; what is not here has no meaning for Headgate. */
export interface HeadgateGatewayOptions {
  /** The supergraph itself, or what delivers it and its successors: IntrospectAndCompose, LocalCompose, a function. */
  readonly supergraphSdl: string | SupergraphManager | SupergraphSdlHook;
  /** How to reach a subgraph. Without it, and for REST subgraphs, the pools of `config` do. Called once for each name and URL. */
  readonly buildService?: (definition: ServiceEndpointDefinition) => GraphQLDataSource;
  /**
   * Path of a headgate.yaml, or its content as an object. In effect is what the engine does: `traffic_shaping`, `headers`, `limits`,
   * `authorization` and the like. Keys that only our own server acts upon are refused.
   */
  readonly config?: string | GivenSettings;
  /** Plugins of ours; their member `http` has no meaning here. The host's Apollo Server has its own. */
  readonly plugins?: readonly PluginModule[];
  /** Hears what goes wrong beside the queries; without it Node's process warnings do. */
  readonly logger?: EmbedLogger;
}

export interface EmbedLogger {
  error(message: string): void;
}
