import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Command } from 'commander';
import { z } from 'zod';
import { type AdminOptions, callAdminJson, graphPath, withAdminOptions } from '../admin-client';
import { type CommandOutput, runCommand, usageError } from '../output';
import { withProgress } from '../progress';

interface NameOptions extends AdminOptions {
  readonly app?: string;
  readonly appVersion?: string;
  readonly message?: string;
}

interface PublishOptions extends NameOptions {
  readonly vcsCommit?: string;
  readonly vcsAuthor?: string;
}

const changeShape = z.object({ revision: z.number(), changed: z.boolean(), documents: z.number() });
const listShape = z.object({
  manifests: z.array(
    z.object({
      app: z.string().nullable(),
      version: z.string().nullable(),
      documents: z.number(),
      bytes: z.number(),
      at: z.string(),
    }),
  ),
});

const CLIENTS_SHOWN_MAX = 5;
const SHOWN_BY = 'headgate operations list';

const usageShape = z.object({
  window: z.string(),
  requests: z.number(),
  total: z.number(),
  operations: z.array(
    z.object({
      id: z.string(),
      name: z.string().nullable(),
      count: z.number(),
      last_at: z.string(),
      clients: z.array(z.object({ name: z.string().nullable(), version: z.string().nullable(), count: z.number() })),
    }),
  ),
});

/** `headgate operations …`: the persisted documents that are published to a registry, and what clients ask for. */
export function registerOperations(program: Command): void {
  const operations = program
    .command('operations')
    .description('see what clients ask for; publish, see and delete manifests of persisted documents in a registry');
  naming(
    operations.command('publish <manifest>').description('publish a manifest (- reads stdin); it is in service then'),
  )
    .option('--vcs-commit <id>', 'commit of the client, kept with the revision')
    .option('--vcs-author <name>', 'its author, kept with the revision')
    .action(runCommand(publish));
  withAdminOptions(operations.command('list').description('the manifests that are published')).action(runCommand(list));
  withAdminOptions(operations.command('usage').description('the operations that clients ask for, and which clients'))
    .option('--window <duration>', 'how far back: 24h, 7d', '7d')
    .option('--client <name>', 'only of this client')
    .option('--limit <n>', 'so many of the most frequent', '50')
    .action(runCommand(usage));
  naming(operations.command('delete').description('let a manifest go, when no client has its version any more')).action(
    runCommand(remove),
  );
}

function naming(command: Command): Command {
  return withAdminOptions(command)
    .option('--app <name>', 'the app that it is for: ids are app~version~id, or id with the headers of that client')
    .option('--app-version <version>', 'of the app')
    .option('--message <text>', 'why, kept with the revision');
}

async function publish(file: string, options: PublishOptions): Promise<CommandOutput> {
  const query = [
    ...named(options),
    ...given('vcs_commit', options.vcsCommit),
    ...given('vcs_author', options.vcsAuthor),
  ];
  const path = graphPath(options, 'operations');
  const call = {
    method: 'PUT',
    path,
    query,
    body: await readManifest(file),
    changes: true,
    shownBy: SHOWN_BY,
  } as const;
  const planning = withProgress('waiting for the documents to be planned', callAdminJson(options, call, changeShape));
  const { data, known } = await planning;
  const { documents, revision, changed } = known;
  const text = changed
    ? `${counted(documents)} published${nameOf(options)}: revision ${revision} of the operations is current`
    : `nothing changed: revision ${revision} of the operations has all of it already`;
  return { data, text };
}

async function list(options: AdminOptions): Promise<CommandOutput> {
  const call = { method: 'GET', path: graphPath(options, 'operations'), changes: false } as const;
  const { data, known } = await callAdminJson(options, call, listShape);
  const lines = known.manifests.map(
    ({ app, version, documents, bytes, at }) =>
      `${app ?? '(every client)'}\t${version ?? ''}\t${counted(documents)}\t${bytes} bytes\t${at}`,
  );
  return { data, text: lines.length === 0 ? 'no operations are published' : lines.join('\n') };
}

interface UsageOptions extends AdminOptions {
  readonly window: string;
  readonly client?: string;
  readonly limit: string;
}

async function usage(options: UsageOptions): Promise<CommandOutput> {
  const { window, client, limit, graph } = options;
  const query = [...given('window', window), ...given('client', client), ...given('limit', limit)];
  const path = `/graphs/${encodeURIComponent(graph)}/usage`;
  const { data, known } = await callAdminJson(options, { method: 'GET', path, query, changes: false }, usageShape);
  const lines = known.operations.map(({ id, name, count, last_at, clients }) => {
    const who = clients
      .slice(0, CLIENTS_SHOWN_MAX)
      .map(
        ({ name: of, version, count: uses }) => `${of ?? '(no name)'}${version === null ? '' : ` ${version}`}: ${uses}`,
      );
    const more = clients.length > who.length ? [`and ${clients.length - who.length} more`] : [];
    return `${name ?? '(no name)'}\t${count}\t${last_at}\t${id.slice(0, 12)}\t${[...who, ...more].join(', ')}`;
  });
  const head = `${known.total} operations, ${known.requests} requests in ${known.window}`;
  return { data, text: [head, ...lines].join('\n') };
}

async function remove(options: NameOptions): Promise<CommandOutput> {
  const path = graphPath(options, 'operations');
  const call = { method: 'DELETE', path, query: named(options), changes: true, shownBy: SHOWN_BY } as const;
  const { data, known } = await callAdminJson(options, call, changeShape);
  return { data, text: `${counted(known.documents)} deleted${nameOf(options)}: revision ${known.revision} is current` };
}

type Query = readonly (readonly [string, string])[];

function named({ app, appVersion, message }: NameOptions): Query {
  if ((app === undefined) !== (appVersion === undefined)) throw usageError('give --app and --app-version, or neither');
  return [...given('app', app), ...given('version', appVersion), ...given('message', message)];
}

function given(name: string, value: string | undefined): Query {
  return value === undefined ? [] : [[name, value]];
}

function nameOf({ app, appVersion }: NameOptions): string {
  return app === undefined ? '' : ` for ${app} ${appVersion}`;
}

function counted(documents: number): string {
  return `${documents} ${documents === 1 ? 'document' : 'documents'}`;
}

async function readManifest(file: string): Promise<Buffer> {
  if (file === '-') return buffer(process.stdin);
  const path = resolve(file);
  return readFile(path).catch((error: unknown) => {
    throw usageError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
}
