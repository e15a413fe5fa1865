import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type DocumentNode, parse } from 'graphql';
import { readServiceOptions } from './command-line';
import { prepareProcess, runUntilStopped } from './lifetime';
import { loadReportPlugin } from './load-report';

type Resolvers = NonNullable<Exclude<Parameters<typeof buildSubgraphSchema>[0], DocumentNode | unknown[]>['resolvers']>;

/** Serves schema/<name>.graphql with these resolvers until the process is told to stop. */
export async function runGraphqlService(name: string, resolvers: Resolvers): Promise<void> {
  const options = readServiceOptions(name);
  prepareProcess(options);
  const server = new ApolloServer({
    schema: buildSubgraphSchema({ typeDefs: readSchema(name), resolvers }),
    introspection: true,
    // runUntilStopped listens to the signals.
    stopOnTerminationSignals: false,
    plugins: [
      nameInstance(options.instance),
      loadReportPlugin(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
  const { url } = await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: options.port } });
  runUntilStopped(options, new URL('graphql', url).href, () => server.stop());
}

/** Lets a caller see which of several equal processes answered. */
function nameInstance(instance: string): ApolloServerPlugin {
  return {
    async requestDidStart() {
      return { willSendResponse: async ({ response }) => void response.http.headers.set('x-instance', instance) };
    },
  };
}

/** From the nearest schema/ folder upwards: the compiled file may run from any build folder of the package. */
function readSchema(name: string, from: string = __dirname): DocumentNode {
  const file = join(from, 'schema', `${name}.graphql`);
  if (existsSync(file)) return parse(readFileSync(file, 'utf8'));
  const parent = dirname(from);
  if (parent === from) throw new Error(`no schema/${name}.graphql above ${__dirname}`);
  return readSchema(name, parent);
}
