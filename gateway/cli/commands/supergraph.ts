import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { plainLine } from '../../plain-text';
import { writeFileAtomically } from '../../supergraph/write-file';
import { type AdminOptions, callAdmin, callAdminJson, graphPath, withAdminOptions } from '../admin-client';
import { type CommandOutput, diagnose, runCommand, usageError } from '../output';
import { withProgress } from '../progress';
import { subgraphsIn } from '../subgraph-definitions';
import { vcsOf } from '../vcs';

const changesShape = z.array(z.object({ message: z.string() }));

const historyShape = z.object({
  /** How many of the first are kept no longer; older gateways keep all, and do not say so. */
  pruned: z.number().optional(),
  revisions: z.array(
    z.object({
      revision: z.number(),
      at: z.string(),
      actor: z.string(),
      kind: z.string(),
      subgraphs: z.array(z.string()),
      message: z.string().nullable(),
    }),
  ),
});
const diffShape = z.object({ changes: changesShape });
const blameShape = z.object({
  changes: z.array(
    z.object({
      revision: z.number(),
      at: z.string(),
      actor: z.string(),
      subgraph: z.string(),
      kind: z.string(),
      message: z.string().nullable(),
      vcs: z.object({ commit: z.string().nullable(), author: z.string().nullable() }),
    }),
  ),
});
const draftsShape = z.object({
  drafts: z.array(
    z.object({
      draft: z.number(),
      subgraph: z.string(),
      at: z.string(),
      actor: z.string(),
      message: z.string().nullable(),
      base_revision: z.number(),
    }),
  ),
});
const discardedShape = z.object({ discarded: z.object({ draft: z.number(), subgraph: z.string() }) });
const publishedShape = z.object({ revision: z.number(), changes: changesShape });
const rollbackShape = z.object({ revision: z.number(), changes: changesShape, rolled_back_to: z.number() });

/** `headgate supergraph …`: the revisions of a registry, over the admin API of a running gateway. */
export function registerSupergraph(program: Command): void {
  const supergraph = program
    .command('supergraph')
    .description('see the revisions of a registry, make drafts current, roll back');
  withAdminOptions(supergraph.command('fetch').description('print the supergraph'))
    .option('--revision <n>', 'of this revision instead of the newest')
    .option('--output <file>', 'write it to a file instead of stdout')
    .action(runCommand(fetchSupergraph));
  withAdminOptions(supergraph.command('history').description('the revisions, oldest first'))
    .option('--limit <n>', 'only the newest n')
    .action(runCommand(history));
  withAdminOptions(supergraph.command('diff <from> <to>').description('what changed between two revisions')).action(
    runCommand(diff),
  );
  withAdminOptions(
    supergraph.command('blame <coordinate>').description('who added, changed or removed a field: Product.price'),
  ).action(runCommand(blame));
  withAdminOptions(supergraph.command('drafts').description('declarations that wait to be made current')).action(
    runCommand(drafts),
  );
  withAdminOptions(supergraph.command('activate <draft>').description('publish a draft; judged like any publish'))
    .option('--reason <text>', 'why, kept with the revision')
    .option('--allow-breaking', 'although operations that clients ask for would break')
    .action(runCommand(activate));
  withAdminOptions(supergraph.command('discard <draft>').description('let a draft go')).action(runCommand(discard));
  withAdminOptions(
    supergraph.command('publish').description('all subgraphs of a supergraph.yaml as one revision, or none'),
  )
    .requiredOption('--config <file>', "supergraph.yaml, in Rover's form or in wgc's")
    .option('--message <text>', 'why, kept with the revision')
    .option('--vcs-commit <id>', 'commit of the schemas, kept with the revision; else what CI or git says')
    .option('--vcs-author <name>', 'its author, kept with the revision; else what CI or git says')
    .option('--create', 'take new names that look like existing ones')
    .option('--allow-breaking', 'although operations that clients ask for would break')
    .action(runCommand(publishAll));
  withAdminOptions(supergraph.command('rollback <revision>').description('a new revision that equals an older one'))
    .option('--reason <text>', 'why, kept with the revision')
    .action(runCommand(rollBack));
}

async function fetchSupergraph(
  options: AdminOptions & { readonly revision?: string; readonly output?: string },
): Promise<CommandOutput> {
  const path = `/graphs/${encodeURIComponent(options.graph)}/supergraph`;
  const query = options.revision === undefined ? [] : [['revision', String(revisionOf(options.revision))] as const];
  const { headers, text } = await callAdmin(options, { method: 'GET', path, query, changes: false });
  const revision = Number(headers['x-revision']);
  if (options.output === undefined) return { data: { revision, sdl: text }, text, document: true };
  const output = resolve(options.output);
  await writeFileAtomically(output, text);
  diagnose(`wrote ${output}, revision ${revision}`);
  return { data: { revision, output }, text: '' };
}

async function history(options: AdminOptions & { readonly limit?: string }): Promise<CommandOutput> {
  const query = options.limit === undefined ? [] : [['limit', options.limit] as const];
  const call = { method: 'GET', path: graphPath(options, 'revisions'), query, changes: false } as const;
  const { data, known } = await callAdminJson(options, call, historyShape);
  const lines = known.revisions.map(({ revision, at, kind, subgraphs, actor, message }) =>
    [String(revision), at, kind, subgraphs.join(','), actor, message ?? ''].map(plainLine).join('\t').trimEnd(),
  );
  tellPruned(known);
  return { data, text: lines.join('\n') };
}

/** Says why the list does not begin with 1, when that is not for its limit. */
function tellPruned({ pruned = 0, revisions: [first] }: z.infer<typeof historyShape>): void {
  if (pruned === 0 || first?.revision !== pruned + 1) return;
  const which = pruned === 1 ? 'revision 1 was' : `revisions 1 to ${pruned} were`;
  diagnose(`older ones are not kept: ${which} pruned (registry.retention)`);
}

async function diff(from: string, to: string, options: AdminOptions): Promise<CommandOutput> {
  const path = graphPath(options, 'revisions', String(revisionOf(from)), 'diff', String(revisionOf(to)));
  const { data, known } = await callAdminJson(options, { method: 'GET', path, changes: false }, diffShape);
  const text = known.changes.map(({ message }) => message).join('\n');
  return { data, text: text === '' ? 'no difference' : text };
}

async function blame(coordinate: string, options: AdminOptions): Promise<CommandOutput> {
  const path = graphPath(options, 'blame', coordinate);
  const { data, known } = await callAdminJson(options, { method: 'GET', path, changes: false }, blameShape);
  const lines = known.changes.map(({ revision, at, kind, subgraph, actor, message, vcs }) =>
    [String(revision), at, kind, subgraph, vcs.author ?? actor, vcs.commit ?? '', message ?? '']
      .map(plainLine)
      .join('\t')
      .trimEnd(),
  );
  if (lines.length > 0) return { data, text: lines.join('\n') };
  const where = 'write it as Product, Product.price, Query.product(id:) or Size.LARGE';
  return { data, text: `no revision that is kept has changed ${coordinate} in a subgraph; ${where}` };
}

async function drafts(options: AdminOptions): Promise<CommandOutput> {
  const call = { method: 'GET', path: graphPath(options, 'drafts'), changes: false } as const;
  const { data, known } = await callAdminJson(options, call, draftsShape);
  const lines = known.drafts.map(({ draft, at, subgraph, actor, base_revision, message }) =>
    [String(draft), at, subgraph, actor, `of revision ${base_revision}`, message ?? '']
      .map(plainLine)
      .join('\t')
      .trimEnd(),
  );
  return { data, text: lines.length === 0 ? 'there are no drafts' : lines.join('\n') };
}

async function activate(
  draft: string,
  options: AdminOptions & { readonly reason?: string; readonly allowBreaking?: boolean },
): Promise<CommandOutput> {
  const { reason = null, allowBreaking = false } = options;
  const body = JSON.stringify({ revision: revisionOf(draft), reason, allow_breaking: allowBreaking });
  const call = { method: 'POST', path: graphPath(options, 'activate'), body, changes: true } as const;
  const waiting = callAdminJson(options, call, publishedShape);
  const { data, known } = await withProgress('waiting for the registry to compose', waiting);
  return { data, text: currentText(known) };
}

async function discard(draft: string, options: AdminOptions): Promise<CommandOutput> {
  const path = graphPath(options, 'drafts', String(revisionOf(draft)));
  const { data, known } = await callAdminJson(options, { method: 'DELETE', path, changes: true }, discardedShape);
  return { data, text: `draft ${known.discarded.draft} of ${known.discarded.subgraph} is gone` };
}

interface PublishAllOptions extends AdminOptions {
  readonly config: string;
  readonly message?: string;
  readonly vcsCommit?: string;
  readonly vcsAuthor?: string;
  readonly create?: boolean;
  readonly allowBreaking?: boolean;
}

async function publishAll(options: PublishAllOptions): Promise<CommandOutput> {
  const definitions = await subgraphsIn(options.config);
  const given = { commit: options.vcsCommit, author: options.vcsAuthor };
  const { commit, author } = await vcsOf(given, dirname(resolve(options.config)));
  const subgraphs = definitions.map(({ name, url, sdl }) => ({
    name,
    sdl,
    ...(url !== '' && { instances: [{ url }] }),
  }));
  const query = Object.entries({
    message: options.message,
    vcs_commit: commit,
    vcs_author: author,
    create: options.create ? 'true' : undefined,
    allow_breaking: options.allowBreaking ? 'true' : undefined,
  }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  const body = JSON.stringify({ subgraphs });
  const call = { method: 'PUT', path: graphPath(options, 'subgraphs'), query, body, changes: true } as const;
  const waiting = callAdminJson(options, call, publishedShape);
  const { data, known } = await withProgress('waiting for the registry to compose', waiting);
  return { data, text: currentText(known) };
}

function currentText({ changes, revision }: z.infer<typeof publishedShape>): string {
  if (changes.length === 0) return `nothing changed: revision ${revision} has all of it already`;
  return [...changes.map(({ message }) => message), `revision ${revision} is current`].join('\n');
}

async function rollBack(
  revision: string,
  options: AdminOptions & { readonly reason?: string },
): Promise<CommandOutput> {
  const body = JSON.stringify({ revision: revisionOf(revision), reason: options.reason ?? null });
  const call = { method: 'POST', path: graphPath(options, 'rollback'), body, changes: true } as const;
  const { data, known } = await callAdminJson(options, call, rollbackShape);
  const outcome =
    known.changes.length === 0
      ? `nothing changed: revision ${known.revision} equals ${known.rolled_back_to} already`
      : `revision ${known.revision} is current and equals ${known.rolled_back_to}`;
  return { data, text: [...known.changes.map(({ message }) => message), outcome].join('\n') };
}

function revisionOf(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw usageError(`${text} is no revision; give a number from \`headgate supergraph history\``);
}
