import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import * as disabledPlugins from '@apollo/server/plugin/disabled';
import { buildASTSchema, executeSync, getIntrospectionQuery, parse, printSchema, UniqueTypeNamesRule } from 'graphql';
import { Histogram, Registry } from 'prom-client';
import * as undici from 'undici';
import { NO_ADDRESSES } from '../gateway/addresses';
import { GraphQLDataSourceRequestKind } from '../gateway/embed/apollo-gateway-internals';
import { Durations } from '../gateway/observability/metrics/durations';
import { packageRoot } from '../gateway/package-root';
import { createConnector } from '../gateway/pool/connector';
import { buildConnector, ConnectionPool } from '../gateway/pool/undici-internals';
import { buildApiSchema } from '../gateway/supergraph/api-schema';
import { extendSchemaImpl, introspectAsWritten, validateSDL } from '../gateway/supergraph/graphql-internals';

/** Says to whoever upgrades a library what it has moved, and where that is used. */
function holds(condition: unknown, library: string, expectation: string, user: string): void {
  if (condition) return;
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'node_modules', library, 'package.json'), 'utf8'));
  throw new Error(`${library} ${version}: it no longer holds that ${expectation}. Look at gateway/${user}.ts.`);
}

/** What no library promises, and the gateway uses all the same: each in one file. */
describe('internals of undici', () => {
  const FILE = 'pool/undici-internals';

  it('are files that hold the very classes that undici exports', () => {
    holds(ConnectionPool === undici.Pool, 'undici', 'lib/dispatcher/pool.js is its Pool', FILE);
    holds(buildConnector === undici.buildConnector, 'undici', 'lib/core/connect.js is its buildConnector', FILE);
  });

  it('read a socket by its method read, and count what is connected', async () => {
    const server = createServer((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n'));
      socket.on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const connect = createConnector({ addresses: NO_ADDRESSES, servername: undefined, tls: null });
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const pool = new ConnectionPool(origin, { connections: 1, connect });
    try {
      const answered = await pool
        .request({ path: '/', method: 'GET', signal: AbortSignal.timeout(30_000) })
        .catch((error: Error) => error);
      const passed = 'statusCode' in answered && answered.statusCode === 204;
      const user = 'pool/interim-responses';
      holds(passed, 'undici', 'it reads from a socket by its method read, where 100 Continue is made 102', user);
      holds(typeof pool.stats?.connected === 'number', 'undici', 'a Pool has stats.connected', 'pool/instance');
    } finally {
      await pool.destroy();
      server.close();
    }
  });
});

describe('internals of graphql', () => {
  const FILE = 'supergraph/graphql-internals';
  const SDL = [
    'directive @own(n: Int = 3) repeatable on FIELD',
    'type Query { a(i: In = { n: 1.50 }): B } interface B { id: ID! } type C implements B { id: ID! c: [E!] }',
    'enum E { X Y @deprecated } input In { n: Float = 1.50 } union U = C scalar S extend type C { s: S u: U }',
  ];

  it('make of an SDL in parts what buildASTSchema makes of it', async () => {
    holds(typeof extendSchemaImpl === 'function', 'graphql', 'utilities/extendSchema has extendSchemaImpl', FILE);
    const made = await buildApiSchema(SDL);
    const usual = printSchema(buildASTSchema(parse(SDL.join('\n'))));
    holds(
      printSchema(made) === usual,
      'graphql',
      'extendSchemaImpl makes the config of a schema',
      'supergraph/api-schema',
    );
  });

  it('check an SDL by some rules', () => {
    holds(typeof validateSDL === 'function', 'graphql', 'validation/validate has validateSDL', FILE);
    const found = validateSDL(parse('type A { a: Nope } type A { b: Int }'), null, [UniqueTypeNamesRule]);
    const isOne = found.length === 1 && found[0]?.locations?.length === 2;
    holds(isOne, 'graphql', 'validateSDL keeps to the rules that it is given', 'supergraph/thread/duplicates');
  });

  it('answer the default of an input by a resolver that may be another one', () => {
    introspectAsWritten(({ kind }) => kind === 'FloatValue');
    const schema = buildASTSchema(parse(SDL.join('\n')));
    const answer = JSON.stringify(executeSync({ schema, document: parse(getIntrospectionQuery()) }).data);
    const isOwn = answer.includes('"defaultValue":"1.50"') && answer.includes('"defaultValue":"3"');
    holds(isOwn, 'graphql', '__InputValue.defaultValue has a resolver that can be replaced', FILE);
  });
});

describe('internals of prom-client', () => {
  it('ask a metric for what is shown by its method getForPromString', async () => {
    const user = 'observability/metrics/durations';
    const method: unknown = Reflect.get(Histogram.prototype, 'getForPromString');
    holds(typeof method === 'function', 'prom-client', 'a Histogram has the method getForPromString', user);
    const registry = new Registry();
    new Durations(registry, { name: 'took', help: 'Time.', label: 'kind', buckets: [1, 2] }).observe('a', 1.5);
    const text = await registry.metrics();
    const isShown = ['took_bucket{le="1",kind="a"} 0', 'took_bucket{le="2",kind="a"} 1', 'took_sum{kind="a"} 1.5'];
    holds(
      isShown.every((line) => text.includes(line)),
      'prom-client',
      'it shows what getForPromString says',
      user,
    );
  });
});

describe('internals of Apollo', () => {
  it('name plugins that are there once', () => {
    const ids = Object.values(disabledPlugins).map((make): unknown => Reflect.get(make(), '__internal_plugin_id__'));
    const isNamed = ids.length >= 5 && ids.every((id) => typeof id === 'string') && new Set(ids).size === ids.length;
    holds(isNamed, '@apollo/server', 'its plugins are known by __internal_plugin_id__', 'http/apollo');
  });

  it('name why a data source is asked', () => {
    const { INCOMING_OPERATION, HEALTH_CHECK } = GraphQLDataSourceRequestKind;
    const isNamed = String(INCOMING_OPERATION) === 'incoming operation' && String(HEALTH_CHECK) === 'health check';
    holds(
      isNamed,
      '@apollo/gateway',
      'dist/datasources/types has the kinds of requests',
      'embed/apollo-gateway-internals',
    );
  });
});
