import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { packageRoot } from '../gateway/package-root';
import { OPEN_TO_ALL, ROOMS } from '../gateway/rooms';
import { LONGEST } from './longest';

const GATEWAY = join(packageRoot, 'gateway');
const DRAWER = /(^|[/-])(utils?|helpers?|common|misc|managers?)([/.-]|$)/;
/** Built for browsers, by its own tsconfig. */
const PAGE = 'http/graphiql/page/';

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join(posix.sep));
}

function sources(folder: string): string[] {
  return filesBelow(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !file.startsWith(PAGE));
}

/** Relative imports of a file, types and dynamic ones included, as paths below its folder, without extension. */
function importsOf(folder: string, file: string): string[] {
  const text = readFileSync(join(folder, file), 'utf8');
  const named = [...text.matchAll(/(?:from|import|require)\s*\(?\s*['"](\.{1,2}\/[^'"]*|\.{1,2})['"]/g)].map(
    (match) => match[1] ?? '',
  );
  return named.map((path) =>
    relative(folder, resolve(folder, dirname(file), path))
      .split(sep)
      .join(posix.sep),
  );
}

function roomOf(path: string): string {
  return path.split('/')[0]?.replace(/\.ts$/, '') ?? '';
}

const files = sources(GATEWAY);

/** Rooms that a client's request goes through. */
const ON_THE_WAY: ReadonlySet<string> = new Set([
  'http',
  'pipeline',
  'persisted-documents',
  'operations',
  'demand-control',
  'authorization',
  'execution',
  'planning',
  'security',
  'rate-limits',
  'credentials',
  'transport',
  'supergraph',
  'store',
  'observability',
]);
/** An empty map or set of a module or of an object: what is kept between requests is for `kept`. */
const LASTING_MAP =
  /^(?:const \w+| {2}(?:private |readonly |static )*#?\w+)(?:: [^=\n]*)? = new (?:Map|Set)(?:<.*>)?\(\);$/m;
/** Why a file may have one all the same. */
const BOUNDED: Readonly<Record<string, string>> = {
  'pipeline.ts': 'always empty',
  'credentials/tokens.ts': 'pools of subgraphs',
  'http/connections.ts': 'open connections, which have a limit',
  'http/http2/session.ts': 'a hundred streams',
  'http/http2/sessions.ts': 'open connections',
  'http/browsers/cors-policies.ts': 'origins that the operator has written down',
  'http/proxies/proxied-connections.ts': 'a thousand connections, for five seconds',
  'http/tls/secure-connections.ts': 'handshakes under way, as many as connections may be open, for ten seconds',
  'http/graphiql/asset-files.ts': 'files of the package',
  'http/graphql/public-errors.ts': 'always empty',
  'operations/asked.ts': 'always empty',
  'http/silent-bodies.ts': 'open connections',
  'http/turns.ts': 'requests that wait',
  'persisted-documents/documents.ts': 'documents of manifests, which have 64 MB together',
  'persisted-documents/read-published.ts': 'manifests of the registry, which have 64 MB together',
  'persisted-documents/automatic.ts': 'requests that wait, within the time limit of the store',
  'operations/operations.ts': 'listeners',
  'authorization/authorization.ts': 'always empty',
  'authorization/filter.ts': 'of one document',
  'authorization/refused-copies.ts': 'of one document',
  'demand-control/places.ts': 'of the formula of one operation',
  'execution/answer-size.ts': 'limits, of one run',
  'execution/entity-fetch.ts': 'of one request',
  'execution/introspection.ts': 'of one request',
  'execution/needed-selections.ts': 'of one compilation',
  'execution/position.ts': 'a part of a program',
  'execution/possible-types.ts': 'of one compilation',
  'execution/programs.ts': 'eight combinations of an operation',
  'supergraph/schema-tags.ts': 'always empty',
  'supergraph/visible-fields.ts': 'of one schema that is made',
  'supergraph/visible-part.ts': 'of one schema that is made',
  'planning/apollo/concrete-selections.ts': 'of one planning',
  'planning/apollo/misplaced-fields.ts': 'always empty',
  'planning/apollo/planner.ts': 'threads',
  'planning/apollo/supergraph-types.ts': 'types of the supergraph',
  'planning/apollo/suspects.ts': 'has a limit of its own, of names without their documents',
  'planning/contested-keys.ts': 'of one planning',
  'planning/private-fields.ts': 'of one planning',
  'planning/private-literals.ts': 'of one planning',
  'security/overlaps.ts': 'of one document',
  'supergraph/read-requirements.ts': 'of one reading',
  'usage/usage-book.ts': 'has a budget of bytes of its own',
  'transport/pools.ts': 'pools',
  'transport/rest/execute/batch-window.ts': 'connectors',
  'transport/rest/execute/operation.ts': 'of one request',
  'transport/rest/execute/session.ts': 'of one request',
  'transport/rest/model/problems.ts': 'of one document',
  'store/followers.ts': 'listeners',
  'store/memory-store.ts': 'processes that are told',
  'store/tag-index.ts': 'tags of entries that are kept, and weigh them',
  'supergraph/sources/refusals.ts': 'subgraphs',
  'supergraph/sources/subgraphs-source.ts': 'subgraphs',
  'supergraph/write-file.ts': 'files of the operator',
  'observability/metrics/durations.ts': 'has a limit of its own',
  'observability/metrics/pool-numbers.ts': 'pools',
  'observability/request-lines.ts': 'a thousand names of 256 characters',
};

describe('the house', () => {
  it('has files to look at', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.flatMap((file) => importsOf(GATEWAY, file)).length).toBeGreaterThan(100);
  });

  it('has a room on the map for every file, and a file for every room', () => {
    const known = new Set<string>([...ROOMS.map(({ name }) => name), ...OPEN_TO_ALL]);
    const found = new Set(files.map(roomOf));
    expect([...found].filter((room) => !known.has(room))).toEqual([]);
    expect([...known].filter((room) => !found.has(room))).toEqual([]);
  });

  it('says void to no promise: what nobody waits for goes through background.ts, which knows what to do with a failure', () => {
    // Without `void` the linter refuses one. The first line executed has nobody above it; the answer of a request and what takes it never reject, and one more promise each costs.
    const allowed = ['main.ts', 'http/server.ts', 'http/graphql/bodies.ts'];
    const thrownAway = files.filter((file) => {
      const text = readFileSync(join(GATEWAY, file), 'utf8');
      return /(?:^|=>|[;{})])[ \t]*void[ \t]+(?!\w+(?:\.(?:push|add|set|delete)\(|\+\+))[\w(]/m.test(text);
    });
    expect(thrownAway.filter((file) => !allowed.includes(file))).toEqual([]);
  });

  it('names only entries further down, so that no cycle of rooms can be written', () => {
    const order = ROOMS.map(({ name }) => name);
    const upward = ROOMS.flatMap(({ name, mayImport }) =>
      mayImport.filter((other) => order.indexOf(other) <= order.indexOf(name)).map((other) => `${name} → ${other}`),
    );
    expect(upward).toEqual([]);
  });

  it('imports only what the map allows', () => {
    const allowed = new Map(
      ROOMS.map(({ name, mayImport }) => [name, new Set<string>([...mayImport, ...OPEN_TO_ALL, name])]),
    );
    const stray = files.flatMap((file) =>
      importsOf(GATEWAY, file)
        .filter((path) => !(allowed.get(roomOf(file)) ?? new Set<string>(OPEN_TO_ALL)).has(roomOf(path)))
        .map((path) => `${file} imports ${path}`),
    );
    expect(stray).toEqual([]);
  });

  it('keeps things because of clients only where their bytes are counted', () => {
    const maker = files.filter((file) => /from 'lru-cache'/.test(readFileSync(join(GATEWAY, file), 'utf8')));
    // Counts of a limited number of addresses: no flood of anything else may drive them out.
    expect(maker).toEqual(['http/wrong-tokens.ts']);
    const holders = files.filter(
      (file) => ON_THE_WAY.has(roomOf(file)) && LASTING_MAP.test(readFileSync(join(GATEWAY, file), 'utf8')),
    );
    expect(holders.filter((file) => !(file in BOUNDED)).sort()).toEqual([]);
  });

  it.each([
    ['durations', 'duration.ts', /\(\??:?(?:[smhd]\|)*ms\||UNITS_MS\b/],
    ['quality values of accept headers', 'http/quality-values.ts', /['"`]q=/],
    [
      'what may be no JSON',
      'json/parse.ts',
      /JSON\.parse\b(?!\(readFileSync)[^}]*\} catch[^}]*return (?:undefined|null);/,
    ],
  ])('reads %s in one place', (_, place, reader) => {
    const readers = files.filter((file) => reader.test(readFileSync(join(GATEWAY, file), 'utf8')));
    expect(readers).toEqual([place]);
  });

  it('has no drawers', () => {
    expect(files.filter((file) => DRAWER.test(file))).toEqual([]);
  });

  it('keeps Apollo Server behind one file', () => {
    const importers = files.filter((file) =>
      /(?:from|require\() ?['"]@apollo\/server['"/]/.test(readFileSync(join(GATEWAY, file), 'utf8')),
    );
    expect(importers).toEqual(['http/apollo.ts']);
  });

  it('keeps what libraries do not export behind one file each, which test/internals.test.ts holds', () => {
    const deep = /(?:from|require\() ?'((?:@[\w-]+\/)?[a-z][\w-]*\/[^']+)'/g;
    const imports = files.flatMap((file) =>
      [...readFileSync(join(GATEWAY, file), 'utf8').matchAll(deep)].map(([, path]) => `${file}: ${path}`),
    );
    expect(imports.sort()).toEqual([
      'embed/apollo-gateway-internals.ts: @apollo/gateway/dist/datasources/types',
      'http/apollo.ts: @apollo/server/plugin/disabled', // exported
      'pool/undici-internals.ts: undici/lib/core/connect',
      'pool/undici-internals.ts: undici/lib/dispatcher/pool',
      'supergraph/graphql-internals.ts: graphql/utilities/extendSchema',
      'supergraph/graphql-internals.ts: graphql/validation/validate',
    ]);
  });

  it('keeps the composer behind one file', () => {
    const importers = files.filter((file) =>
      /from ['"]@apollo\/composition['"/]/.test(readFileSync(join(GATEWAY, file), 'utf8')),
    );
    expect(importers).toEqual(['supergraph/thread/compose-job.ts']);
  });

  it('never calls fetch', () => {
    const callers = files.filter((file) =>
      /(?<![.\w])fetch\(/.test(withoutComments(readFileSync(join(GATEWAY, file), 'utf8'))),
    );
    expect(callers).toEqual([]);
  });

  it('keeps the example outside: subgraphs import nothing from the gateway', () => {
    const folder = join(packageRoot, 'subgraphs');
    const found = sources(folder);
    expect(found.length).toBeGreaterThan(4);
    expect(found.flatMap((file) => importsOf(folder, file)).filter((path) => path.startsWith('..'))).toEqual([]);
  });

  it('has a subject in gateway/ for each folder of its tests', () => {
    const own = new Set(['system', 'conformance', 'bench', 'fixtures', 'pressure', 'subgraphs']);
    const folders = readdirSync(join(packageRoot, 'test'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    const rooms = new Set(files.map(roomOf));
    expect(folders.map(({ name }) => name).filter((name) => !own.has(name) && !rooms.has(name))).toEqual([]);
  });

  it('begins with test files that there are', () => {
    const tests = new Set(filesBelow(join(packageRoot, 'test')));
    expect(LONGEST.filter((name) => !tests.has(`${name}.test.ts`))).toEqual([]);
  });
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
}
