/** Apollo's gateway and server as their READMEs start them. Reads SUPERGRAPH, PORT and FORWARD_AUTHORIZATION from the environment. */
import { readFileSync } from 'node:fs';
import { ApolloGateway, type GatewayConfig, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';

interface Context {
  readonly authorization?: string | undefined;
}

class ForwardingDataSource extends RemoteGraphQLDataSource<Context> {
  override willSendRequest({
    request,
    context,
  }: Parameters<NonNullable<RemoteGraphQLDataSource<Context>['willSendRequest']>>[0]): void {
    if (context.authorization !== undefined) request.http?.headers.set('authorization', context.authorization);
  }
}

async function start(supergraphFile: string, port: number, forward: boolean): Promise<void> {
  const config: GatewayConfig = { supergraphSdl: readFileSync(supergraphFile, 'utf8') };
  const forwarding: GatewayConfig = { ...config, buildService: ({ url = '' }) => new ForwardingDataSource({ url }) };
  const server = new ApolloServer<Context>({ gateway: new ApolloGateway(forward ? forwarding : config) });
  const listen = { host: '127.0.0.1', port };
  if (!forward) await startStandaloneServer(server, { listen });
  else
    await startStandaloneServer(server, {
      listen,
      context: async ({ req }) => ({ authorization: req.headers.authorization }),
    });
}

const { SUPERGRAPH = '', PORT, FORWARD_AUTHORIZATION } = process.env;
void start(SUPERGRAPH, Number(PORT), FORWARD_AUTHORIZATION === '1');
