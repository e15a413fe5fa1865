import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { Command } from 'commander';
import { parse as parseGraphql } from 'graphql';
import { Registry } from 'prom-client';
import { parse as parseYaml } from 'yaml';
import { COMMANDS } from '../gateway/cli/commands';
import { checkFiles } from '../gateway/cli/rest/check';
import { configJsonSchema, type JsonSchema } from '../gateway/config/json-schema';
import { loadConfig } from '../gateway/config/load';
import { ERROR_CODES, statusOfCode } from '../gateway/errors';
import { startMetrics } from '../gateway/observability/metrics/metrics';
import { packageRoot } from '../gateway/package-root';
import { workerMetrics } from '../gateway/workers/worker-metrics';
import { configFolders } from './fixtures/config-folder';
import { allPages, anchors, blocks, codes, type Page, relativeLinks, tableRows } from './fixtures/markdown';
import { testCertificate } from './fixtures/test-certificate';

const PAGES = allPages();
const DOCS = PAGES.filter(({ path }) => path.startsWith('docs/'));

function page(path: string): Page {
  const found = PAGES.find((one) => one.path === path);
  if (found === undefined) throw new Error(`there is no ${path}`);
  return found;
}

describe('links', () => {
  const byPath = new Map(PAGES.map((one) => [one.path, one]));
  const broken = ({ path, text }: Page): string[] =>
    relativeLinks({ path, text }).filter((target) => {
      const [file = '', anchor] = target.split('#');
      const to = file === '' ? path : posix.normalize(posix.join(dirname(path), decodeURIComponent(file)));
      if (!existsSync(join(packageRoot, to))) return true;
      const linked = byPath.get(to);
      return anchor !== undefined && (linked === undefined || !anchors(linked).has(anchor));
    });

  it.each(PAGES.map(({ path }) => path))('of %s lead to files and headings that there are', (path) => {
    expect(broken(page(path))).toEqual([]);
  });

  it('are seen when they are broken', () => {
    const text =
      '[a](./docs/none.md) [b](docs/pools.md#none) [c](#none) [d](docs/pools.md#keys) [e](https://x.invalid/)';
    expect(broken({ path: 'README.md', text })).toEqual(['./docs/none.md', 'docs/pools.md#none', '#none']);
  });

  it('lead from README.md to every page of docs/, and from there to each other', () => {
    const linked = (path: string) => relativeLinks(page(path)).map((target) => target.split('#')[0]);
    expect(DOCS.length).toBeGreaterThan(5);
    expect(DOCS.filter(({ path }) => !linked('README.md').includes(path))).toEqual([]);
    expect(DOCS.filter(({ path }) => !linked(path).some((target) => target?.endsWith('.md')))).toEqual([]);
  });
});

/** Where the keys of a table stand whose first cells do not begin with a section. */
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  'docs/pools.md Instances and discovery': ['subgraphs.NAME', 'subgraphs.NAME.sources.SOURCE'],
  'docs/pools.md Keys': ['traffic_shaping.all', 'traffic_shaping.subgraphs.NAME', 'subgraphs.NAME.sources.SOURCE'],
  'docs/configuration.md traffic_shaping': ['traffic_shaping.all', 'traffic_shaping.subgraphs.NAME'],
  'docs/configuration.md error_masking': ['error_masking.all', 'error_masking.subgraphs.NAME'],
  'docs/configuration.md headers': ['headers.all', 'headers.subgraphs.NAME'],
};
const LIMIT = 'limits.LIMIT.';

interface DocumentedKey {
  readonly path: string;
  readonly cell: string;
}

function documentedKeys(): readonly DocumentedKey[] {
  return [page('docs/configuration.md'), page('docs/pools.md')].flatMap((one) =>
    tableRows(one).flatMap(({ heading, head, cells: [first = '', cell = ''] }) => {
      const [key] = codes(first);
      if (head[0] !== 'key' || key === undefined) return [];
      const scopes = SCOPES[`${one.path} ${heading}`];
      const section = heading.split(':')[0] ?? '';
      if (scopes === undefined || key.startsWith(`${section}.`)) return [{ path: key, cell }];
      return scopes.map((scope) => ({ path: `${scope}.${key}`, cell }));
    }),
  );
}

/** Dotted paths of all keys with their defaults, names written as the pages do. */
function keysOf(schema: JsonSchema, above = '', found = new Map<string, unknown>()): ReadonlyMap<string, unknown> {
  for (const form of [schema, ...(schema.anyOf ?? [])]) {
    for (const [key, value] of Object.entries(form.properties ?? {})) {
      const path = above === '' ? key : `${above}.${key}`;
      found.set(path, found.get(path) ?? value.default);
      keysOf(value, path, found);
    }
    const { additionalProperties, items } = form;
    if (typeof additionalProperties === 'object')
      keysOf(additionalProperties, `${above}.${above.endsWith('.sources') ? 'SOURCE' : 'NAME'}`, found);
    if (items !== undefined) keysOf(items, above, found);
  }
  return found;
}

/** What a page says of a default; empty where there is none to say. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return `\`[${value.join(', ')}]\``;
  return value === undefined || typeof value === 'object' ? '' : `\`${value}\``;
}

describe('the keys of headgate.yaml', () => {
  const schema = configJsonSchema();
  const keys = keysOf(schema);
  const documented = documentedKeys();
  const isSection = (path: string) => {
    const { properties, additionalProperties } = schema.properties?.[path] ?? {};
    return properties !== undefined || typeof additionalProperties === 'object';
  };
  const nameOf = (path: string) => path.replace(/^limits\.\w+\.(?=(value|mode)$)/, LIMIT);

  it('are each in a table of configuration.md or pools.md', () => {
    expect(keys.size).toBeGreaterThan(300);
    const named = new Set(documented.map(({ path }) => path));
    const missing = [...keys.keys()].filter((path) => !isSection(path) && !named.has(nameOf(path)) && path !== 'admin');
    expect(missing).toEqual([]);
  });

  it('are there, all that the tables name', () => {
    const there = new Set([...keys.keys()].map(nameOf));
    expect(documented.filter(({ path }) => !there.has(path))).toEqual([]);
  });

  it('have the defaults that the tables say', () => {
    const scoped = new Map<string, string>();
    for (const { path, cell } of documented) {
      const value = keys.get(path);
      // A nearer scope has none of its own.
      const isNearer =
        /^((traffic_shaping|error_masking)\.subgraphs|subgraphs\.NAME\.sources)\./.test(path) && value === undefined;
      if (!isNearer && !path.startsWith(LIMIT) && shown(value) !== cell)
        scoped.set(path, `${cell}, not ${shown(value)}`);
    }
    expect(Object.fromEntries(scoped)).toEqual({});
  });
});

describe('the metrics', () => {
  const labels = new Map<string, readonly string[]>();
  const types = new Map<string, string>();
  const rows = tableRows(page('docs/metrics.md')).filter(({ head }) => head[0] === 'metric');

  beforeAll(async () => {
    const register = Registry.prototype.registerMetric;
    const spy = jest.spyOn(Registry.prototype, 'registerMetric').mockImplementation(function (this: Registry, metric) {
      // as: what every metric of prom-client has, and its types do not tell
      const { name, labelNames = [] } = metric as unknown as { name: string; labelNames?: readonly string[] };
      labels.set(name, labelNames);
      register.call(this, metric);
    });
    const connections = () => ({ open: 0, max: 0, refused: 0 });
    const metrics = startMetrics({ pools: () => [], connections, version: '0' });
    const workers = workerMetrics({ count: { wanted: 1, ready: 1 }, deaths: 0 });
    const text = `${await metrics.text()}\n${await workers()}`;
    metrics.close();
    spy.mockRestore();
    for (const [, name = '', type = ''] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) types.set(name, type);
  });

  it('are each in a table of metrics.md, with their type and labels', () => {
    const told = rows.map(({ cells: [name = '', type = '', names = ''] }) => [codes(name)[0], type, codes(names)]);
    const there = [...types].map(([name, type]) => [name, type, labels.get(name)]);
    const byName = (a: unknown[], b: unknown[]) => (String(a[0]) < String(b[0]) ? -1 : 1);
    expect(there.length).toBeGreaterThan(60);
    expect(told.sort(byName)).toEqual(there.sort(byName));
  });

  it('name the alerts that ask for them', () => {
    interface Rules {
      readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[];
    }
    const text = readFileSync(join(packageRoot, 'deploy', 'prometheus', 'alerts.yaml'), 'utf8');
    // as: the file is ours, and has a test of its own
    const rules = (parseYaml(text) as Rules).groups.flatMap((group) => group.rules);
    const asks = (expr: string, name: string) => new RegExp(`\\b${name}(_bucket)?\\b`).test(expr);
    for (const { cells } of rows) {
      const [name = ''] = codes(cells[0] ?? '');
      const alerts = rules.filter(({ expr }) => asks(expr, name)).map(({ alert }) => alert);
      expect([name, (cells[4] ?? '').split(', ').filter((one) => one !== '')]).toEqual([name, alerts]);
    }
    expect(rules.filter(({ alert }) => !page('docs/metrics.md').text.includes(alert))).toEqual([]);
  });
});

describe('the error codes', () => {
  const pages = PAGES.filter(({ path }) => path.startsWith('docs/') || path.endsWith('ERRORS.md'));

  it('are each named', () => {
    const named = new Set(pages.flatMap(({ text }) => codes(text)));
    expect(Object.keys(ERROR_CODES).filter((code) => !named.has(code))).toEqual([]);
  });

  it('have the HTTP statuses that lifecycle.md says', () => {
    const rows = tableRows(page('docs/lifecycle.md')).filter(({ cells }) => /^\d{3}$/.test(cells[1] ?? ''));
    expect(rows.length).toBeGreaterThan(25);
    const OTHERS = new Set([
      'GRAPHQL_PARSE_FAILED',
      'GRAPHQL_VALIDATION_FAILED',
      'OPERATION_RESOLUTION_FAILURE',
      'BAD_USER_INPUT',
    ]);
    for (const { cells } of rows) {
      const [code = ''] = codes(cells[0] ?? '');
      const status = Number(cells[1]);
      // Statuses of one code that come from elsewhere: the parser of HTTP, Apollo Server.
      if (status === 200 || (code === 'BAD_REQUEST' && [405, 431, 505].includes(status))) continue;
      expect([code, status]).toEqual([code, OTHERS.has(code) ? 400 : statusOfCode(code)]);
    }
  });
});

describe('examples', () => {
  const folder = configFolders();
  const inDocs = (language: string) =>
    DOCS.flatMap(({ path, text }) => blocks({ path, text }, language).map((block) => [path, block] as const));

  it.each(inDocs('yaml'))('of YAML in %s are taken by the configuration', async (_path, block) => {
    const { write } = folder();
    write('persisted-query-manifest.json', '{ "id": "{ field }" }');
    write('tls.crt', testCertificate.cert);
    write('tls.key', testCertificate.key);
    write('clients.crt', testCertificate.cert);
    const path = write('headgate.yaml', block);
    await expect(loadConfig({ path, env: {} })).resolves.toMatchObject({ path });
  });

  it.each(inDocs('graphql'))('of GraphQL in %s parse, and REST adapters are valid', async (_path, block) => {
    expect(parseGraphql(block).definitions.length).toBeGreaterThan(0);
    if (block.includes('@connect')) await checkFiles([folder().write('example.rest.graphql', block)]);
  });

  it.each(inDocs('js'))('of JavaScript in %s are programs', async (_path, block) => {
    const path = folder().write('example.js', block);
    expect(await run(process.execPath, ['--check', path])).toBe('');
  });

  it('of TypeScript are taken by the compiler', async () => {
    const { folder: at, write } = folder();
    const files = inDocs('ts').map(([, block], index) => write(`example-${index}.ts`, block));
    expect(files.length).toBeGreaterThan(2);
    const modules = join(packageRoot, 'node_modules');
    const paths = { headgate: [join(packageRoot, 'dist', 'gateway', 'index.d.ts')], '*': [join(modules, '*')] };
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: 'es2022',
      module: 'esnext',
      moduleResolution: 'bundler',
      skipLibCheck: true,
      paths,
      typeRoots: [join(modules, '@types')],
      types: ['node'],
    };
    writeFileSync(join(at, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    expect(await run(process.execPath, [join(modules, 'typescript', 'bin', 'tsc'), '-p', at])).toBe('');
  });

  it('of commands use commands and options that there are', () => {
    const program = new Command('headgate').option('--format <format>');
    for (const { load } of COMMANDS) load()(program, COMMANDS);
    const lines = [...DOCS, page('README.md')]
      .flatMap((one) => blocks(one, 'sh'))
      .flatMap((block) => block.split('\n'));
    const used = lines.map((line) => line.split('#')[0]?.trim() ?? '').filter((line) => line.startsWith('headgate '));
    expect(used.length).toBeGreaterThan(20);
    expect(used.flatMap((line) => unknownIn(line, program))).toEqual([]);
    expect(unknownIn('headgate pool explode --ttl 1s', program)).toEqual(['headgate pool explode --ttl 1s: explode']);
  });
});

/** What a command line names that is not there. */
function unknownIn(line: string, program: Command): readonly string[] {
  const [, ...words] = line.match(/"[^"]*"|\S+/g) ?? [];
  let command = program;
  const unknown: string[] = [];
  for (const word of words) {
    const below = command.commands.find((one) => one.name() === word);
    if (below !== undefined) command = below;
    else if (command.commands.length > 0 && !word.startsWith('-')) unknown.push(word);
    if (!word.startsWith('--')) continue;
    const known = [command, program].some(({ options }) => options.some(({ long }) => long === word.split('=')[0]));
    if (!known) unknown.push(word);
  }
  return unknown.slice(0, 1).map((word) => `${line}: ${word}`);
}

/** @returns what it said, empty when it went well */
function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(program, args, (error, stdout, stderr) => resolve(error === null ? '' : `${stdout}${stderr}`));
  });
}

describe('GLOSSARY.md', () => {
  it('has words of the code only, each once', () => {
    const folder = join(packageRoot, 'gateway');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const source = files.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
    const words = new Set(source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').match(/\w+/g));
    const rows = tableRows(page('gateway/GLOSSARY.md')).map(({ cells }) => codes(cells[0] ?? '')[0] ?? '');
    expect(rows.length).toBeGreaterThan(50);
    expect(rows.filter((word) => !words.has(word))).toEqual([]);
    expect(rows).toEqual([...new Set(rows)]);
  });
});

it('docs/ has pages and nothing else', () => {
  expect(readdirSync(join(packageRoot, 'docs')).filter((name) => !name.endsWith('.md'))).toEqual([]);
});
