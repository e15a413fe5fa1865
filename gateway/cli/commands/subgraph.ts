import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Command } from 'commander';
import { z } from 'zod';
import { HeadgateError, isHeadgateError } from '../../errors';
import { type AdminCall, type AdminOptions, callAdminJson, graphPath, withAdminOptions } from '../admin-client';
import type { Annotation } from '../annotations';
import { type CommandOutput, runCommand, usageError } from '../output';
import { withProgress } from '../progress';
import { vcsOf } from '../vcs';

interface DeclareOptions extends AdminOptions {
  readonly schema: string;
  readonly create?: boolean;
  readonly allowBreaking?: boolean;
}

interface PublishOptions extends DeclareOptions {
  readonly message?: string;
  readonly vcsCommit?: string;
  readonly vcsAuthor?: string;
  readonly draft?: boolean;
}

type Query = readonly (readonly [string, string])[];

const resultShape = z.object({
  revision: z.number(),
  changes: z.array(z.object({ message: z.string() })),
  supergraph_was_updated: z.boolean(),
  supergraph_would_be_updated: z.boolean().optional(),
  /** Of a declaration that is only kept. */
  draft: z.number().optional(),
  /** Absent from gateways that know no rules. */
  lint: z.array(z.object({ rule: z.string(), message: z.string(), line: z.number(), column: z.number() })).optional(),
  /** Null: nothing changes for clients. Absent from gateways that do not judge. */
  api: z
    .object({
      recorded: z.object({ operations: z.number(), requests: z.number() }),
      changes: z.array(z.object({ criticality: z.string(), message: z.string(), operations: z.number() })),
    })
    .nullish(),
});
type Result = z.infer<typeof resultShape>;

const subgraphShape = z.object({
  name: z.string(),
  revision: z.number(),
  instances: z.array(z.object({ url: z.string(), weight: z.number() })),
});
const listShape = z.object({ subgraphs: z.array(subgraphShape) });
const oneShape = subgraphShape.extend({ sdl: z.string() });

const ALLOW_BREAKING = 'although operations that clients ask for would break';

/** `headgate subgraph …`: the subgraphs of a registry, over the admin API of a running gateway. */
export function registerSubgraph(program: Command): void {
  const subgraph = program.command('subgraph').description('publish, check and see the subgraphs of a registry');
  registerPublish(subgraph);
  registerCheck(subgraph);
  withAdminOptions(subgraph.command('list').description('the subgraphs with their instances')).action(runCommand(list));
  withAdminOptions(subgraph.command('fetch <name>').description('print the SDL of a subgraph')).action(
    runCommand(fetchOne),
  );
  withAdminOptions(subgraph.command('delete <name>').description('remove a subgraph; the rest must compose'))
    .option('--dry-run', 'only tell what would come of it')
    .option('--allow-breaking', ALLOW_BREAKING)
    .option('--message <text>', 'why, kept with the revision')
    .action(runCommand(remove));
}

function registerPublish(subgraph: Command): void {
  const instances: (readonly [string, string])[] = [];
  declaring(
    subgraph.command('publish <name>').description('declare a subgraph; exit 1 when it does not compose'),
    instances,
  )
    .option('--message <text>', 'why, kept with the revision')
    .option('--vcs-commit <id>', 'commit of the schema, kept with the revision; else what CI or git says')
    .option('--vcs-author <name>', 'its author, kept with the revision; else what CI or git says')
    .option('--draft', 'keep it, and make nothing current: headgate supergraph activate does')
    .action(runCommand((name: string, options: PublishOptions) => publish(name, options, instances)));
}

function registerCheck(subgraph: Command): void {
  const instances: (readonly [string, string])[] = [];
  declaring(subgraph.command('check <name>').description('the judgement of publish; stores nothing'), instances).action(
    runCommand((name: string, options: DeclareOptions) => check(name, options, instances)),
  );
}

/** @param instances takes `--url` and `--weight` in the order given, since a weight belongs to the URL before it */
function declaring(command: Command, instances: (readonly [string, string])[]): Command {
  return withAdminOptions(command)
    .requiredOption('--schema <file>', 'SDL of the subgraph; - reads stdin')
    .option('--url <url>', 'URL of an instance; repeat it for several', (url) => instances.push(['url', url]))
    .option('--weight <n>', 'weight of the instance before it', (weight) => instances.push(['weight', weight]))
    .option('--create', 'take a new name that looks like an existing one')
    .option('--allow-breaking', ALLOW_BREAKING);
}

async function publish(name: string, options: PublishOptions, instances: Query): Promise<CommandOutput> {
  const folder = options.schema === '-' ? process.cwd() : dirname(resolve(options.schema));
  const { commit, author } = await vcsOf({ commit: options.vcsCommit, author: options.vcsAuthor }, folder);
  const query = [
    ...instances,
    ...permits(options),
    ...given('draft', options.draft ? 'true' : undefined),
    ...given('message', options.message),
    ...given('vcs_commit', commit),
    ...given('vcs_author', author),
  ];
  const path = graphPath(options, 'subgraphs', name);
  const call = { method: 'PUT', path, query, body: await readSchema(options.schema), changes: true } as const;
  const { data, known } = await shownIn(options.schema, name, waitFor(options, call));
  const text = known.draft === undefined ? madeText(known) : `${judgedText(known)}\n${keptText(known.draft)}`;
  return { data, text, annotations: annotationsIn(known, options.schema) };
}

async function check(name: string, options: DeclareOptions, instances: Query): Promise<CommandOutput> {
  const query = [...instances, ...permits(options)];
  const path = graphPath(options, 'subgraphs', name, 'check');
  const call = { method: 'POST', path, query, body: await readSchema(options.schema), changes: false } as const;
  const { data, known } = await shownIn(options.schema, name, waitFor(options, call));
  return { data, text: judgedText(known), annotations: annotationsIn(known, options.schema) };
}

/** A refusal says in which file its places are. */
async function shownIn<T>(file: string, subgraph: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!isHeadgateError(error)) throw error;
    const details = { ...error.details, subgraph, file };
    throw new HeadgateError(error.code, error.message, { details, cause: error.cause });
  }
}

/** What passes, and deserves to be seen beside the lines. */
function annotationsIn({ lint = [], api }: Result, file: string): readonly Annotation[] {
  const nowhere = { file, line: null, column: null };
  const mattering = (api?.changes ?? []).filter(({ criticality }) => criticality !== 'safe');
  return [
    ...lint.map(
      ({ rule, message, line, column }): Annotation => ({ level: 'warning', file, line, column, title: rule, message }),
    ),
    ...mattering.map(
      ({ criticality, message }): Annotation => ({ ...nowhere, level: 'warning', title: criticality, message }),
    ),
  ];
}

async function list(options: AdminOptions): Promise<CommandOutput> {
  const call = { method: 'GET', path: graphPath(options, 'subgraphs'), changes: false } as const;
  const { data, known } = await callAdminJson(options, call, listShape);
  const lines = known.subgraphs.flatMap(({ name, instances }) =>
    instances.map(({ url, weight }) => `${name}\t${url}\tweight ${weight}`),
  );
  return { data, text: lines.join('\n') };
}

async function fetchOne(name: string, options: AdminOptions): Promise<CommandOutput> {
  const call = { method: 'GET', path: graphPath(options, 'subgraphs', name), changes: false } as const;
  const { data, known } = await callAdminJson(options, call, oneShape);
  return { data, text: known.sdl };
}

async function remove(
  name: string,
  options: AdminOptions & { readonly dryRun?: boolean; readonly allowBreaking?: boolean; readonly message?: string },
): Promise<CommandOutput> {
  const dryRun = options.dryRun === true;
  const query = [...permits(options), ...(dryRun ? given('dry_run', 'true') : given('message', options.message))];
  const call = { method: 'DELETE', path: graphPath(options, 'subgraphs', name), query, changes: !dryRun } as const;
  const { data, known } = await waitFor(options, call);
  return { data, text: dryRun ? judgedText(known) : madeText(known) };
}

/** Publishing and checking compose, which takes a while for a large graph. */
function waitFor(options: AdminOptions, call: AdminCall) {
  return withProgress('waiting for the registry to compose', callAdminJson(options, call, resultShape));
}

function permits({ create, allowBreaking }: { readonly create?: boolean; readonly allowBreaking?: boolean }): Query {
  return [
    ...given('create', create ? 'true' : undefined),
    ...given('allow_breaking', allowBreaking ? 'true' : undefined),
  ];
}

function given(name: string, value: string | undefined): Query {
  return value === undefined ? [] : [[name, value]];
}

function madeText({ revision, changes, supergraph_was_updated, api, lint }: Result): string {
  if (changes.length === 0) return `nothing changed: revision ${revision} has all of it already`;
  const supergraph = supergraph_was_updated ? 'the supergraph was updated' : 'the supergraph stays the same';
  const lines = [...changes.map(({ message }) => message), ...lintLines(lint), ...apiLines(api)];
  return [...lines, `revision ${revision} is current; ${supergraph}`].join('\n');
}

function keptText(draft: number): string {
  return `kept as draft ${draft}; headgate supergraph activate ${draft} makes it current`;
}

function judgedText({ revision, changes, supergraph_would_be_updated, api, lint }: Result): string {
  if (changes.length === 0) return `nothing would change: revision ${revision} has all of it already`;
  const supergraph = supergraph_would_be_updated ? 'would be updated' : 'would stay the same';
  const lines = [...changes.map(({ message }) => message), ...lintLines(lint), ...apiLines(api)];
  return [...lines, `it composes; the supergraph ${supergraph}`].join('\n');
}

function lintLines(lint: Result['lint'] = []): readonly string[] {
  return lint.map(({ rule, message, line, column }) => `warning: ${line}:${column} ${message} (${rule})`);
}

const API_CHANGES_SHOWN_MAX = 50;

/** What changes for clients, as far as it may matter to them. */
function apiLines(api: Result['api']): readonly string[] {
  if (api == null) return [];
  const mattering = api.changes.filter(({ criticality }) => criticality !== 'safe');
  if (mattering.length === 0) return [];
  const lines = mattering.slice(0, API_CHANGES_SHOWN_MAX).map(({ criticality, message, operations }) => {
    const unused = operations === 0 && api.recorded.operations > 0 ? '; nobody asks for it' : '';
    return `${criticality}: ${message}${unused}`;
  });
  const more = mattering.length - lines.length;
  const { operations, requests } = api.recorded;
  const recorded =
    operations === 0
      ? 'no operations of clients are recorded yet'
      : `judged by ${operations} recorded operations, ${requests} requests`;
  return [...lines, ...(more > 0 ? [`and ${more} more`] : []), recorded];
}

async function readSchema(file: string): Promise<Buffer> {
  if (file === '-') return buffer(process.stdin);
  const path = resolve(file);
  return readFile(path).catch((error: unknown) => {
    throw usageError(`--schema ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
}
