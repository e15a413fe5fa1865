import { resolve } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { plainLine } from '../../plain-text';
import { writeFileAtomically } from '../../supergraph/write-file';
import { type AdminOptions, callAdmin, callAdminJson, graphPath, withAdminOptions } from '../admin-client';
import { type CommandOutput, diagnose, runCommand, usageError } from '../output';

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
const rollbackShape = z.object({ revision: z.number(), changes: changesShape, rolled_back_to: z.number() });

/** `headgate supergraph …`: the revisions of a registry, over the admin API of a running gateway. */
export function registerSupergraph(program: Command): void {
  const supergraph = program.command('supergraph').description('see and roll back the revisions of a registry');
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
