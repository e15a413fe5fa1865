import type { Command } from 'commander';
import { z } from 'zod';
import { plainLine } from '../../plain-text';
import { type AdminOptions, callAdminJson, graphPath, withAdminOptions } from '../admin-client';
import { type CommandOutput, diagnose, runCommand } from '../output';

interface CreateOptions extends AdminOptions {
  readonly scope: readonly string[];
  readonly expires?: string;
}

const keyShape = z.object({
  name: z.string(),
  scopes: z.array(z.string()),
  expires: z.string().nullable(),
  expired: z.boolean(),
  created_at: z.string(),
  created_by: z.string(),
});
const createdShape = keyShape.extend({ key: z.string() });
const listShape = z.object({ keys: z.array(keyShape) });
const revokedShape = z.object({ revoked: keyShape });

const SHOWN_BY = 'headgate key list';

/** `headgate key …`: keys of the admin listener that the registry keeps. */
export function registerKey(program: Command): void {
  const key = program.command('key').description('create, see and revoke keys of the admin listener');
  withAdminOptions(key.command('create <name>').description('print a new key: it is shown this once'))
    .requiredOption(
      '--scope <scope...>',
      'read, check, operations, publish:GRAPH/SUBGRAPH with * for any characters, or admin',
    )
    .option('--expires <when>', 'a time, or a duration from now such as 90d')
    .action(runCommand(create));
  withAdminOptions(key.command('list').description('the keys of the registry, without their secrets')).action(
    runCommand(list),
  );
  withAdminOptions(key.command('revoke <name>').description('from now on it opens nothing')).action(runCommand(revoke));
}

async function create(name: string, options: CreateOptions): Promise<CommandOutput> {
  const { scope: scopes, expires } = options;
  const body = JSON.stringify({ name, scopes, ...(expires !== undefined && { expires }) });
  const call = { method: 'POST', path: graphPath(options, 'keys'), body, changes: true, shownBy: SHOWN_BY } as const;
  const { data, known } = await callAdminJson(options, call, createdShape);
  const end = known.expires === null ? 'it does not end' : `it ends at ${known.expires}`;
  diagnose(`key ${known.name} may ${known.scopes.join(', ')}; ${end}. It is not kept, and shown this once:`);
  return { data, text: known.key };
}

async function list(options: AdminOptions): Promise<CommandOutput> {
  const call = { method: 'GET', path: graphPath(options, 'keys'), changes: false } as const;
  const { data, known } = await callAdminJson(options, call, listShape);
  const lines = known.keys.map(({ name, scopes, expires, expired, created_at, created_by }) =>
    [name, scopes.join(' '), expired ? 'expired' : (expires ?? 'does not end'), created_at, created_by]
      .map(plainLine)
      .join('\t'),
  );
  return { data, text: lines.length === 0 ? 'the registry has no keys' : lines.join('\n') };
}

async function revoke(name: string, options: AdminOptions): Promise<CommandOutput> {
  const path = graphPath(options, 'keys', name);
  const call = { method: 'DELETE', path, changes: true, shownBy: SHOWN_BY } as const;
  const { data, known } = await callAdminJson(options, call, revokedShape);
  return { data, text: `key ${known.revoked.name} is revoked` };
}
