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

const SHOWN_BY = 'headgate operations list';

/** `headgate operations …`: the persisted documents that are published to a registry. */
export function registerOperations(program: Command): void {
  const operations = program
    .command('operations')
    .description('publish, see and delete manifests of persisted documents in a registry');
  naming(
    operations.command('publish <manifest>').description('publish a manifest (- reads stdin); it is in service then'),
  )
    .option('--vcs-commit <id>', 'commit of the client, kept with the revision')
    .option('--vcs-author <name>', 'its author, kept with the revision')
    .action(runCommand(publish));
  withAdminOptions(operations.command('list').description('the manifests that are published')).action(runCommand(list));
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
