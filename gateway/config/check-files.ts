import { existsSync } from 'node:fs';
import type { LoadedSettings } from './load';
import { configError, type Finding } from './problem';
import type { Settings } from './settings';
import { sourceOf } from './source';

/**
 * Refuses settings that name files which are not there. A start does without this check: it has a checkpoint.
 * @throws {HeadgateError} CONFIG_INVALID
 */
export function checkFiles({ settings, path, locate }: LoadedSettings): void {
  const missing: Finding[] = [];
  for (const [path, file] of namedFiles(settings)) {
    if (!existsSync(file)) missing.push({ path, message: `no such file: ${file}` });
  }
  if (missing.length > 0) throw configError(path, missing.map(locate));
}

function* namedFiles(settings: Settings): Generator<[path: Finding['path'], file: string]> {
  const { authentication, supergraph, subgraphs, plugins, apollo } = settings;
  if (sourceOf(settings) === 'file' && supergraph.path !== undefined) yield [['supergraph', 'path'], supergraph.path];
  for (const [name, { rest, schema }] of Object.entries(subgraphs)) {
    if (rest !== undefined) yield [['subgraphs', name, 'rest'], rest];
    if (schema?.file !== undefined) yield [['subgraphs', name, 'schema', 'file'], schema.file];
  }
  for (const [index, { file }] of (authentication?.jwt?.jwks ?? []).entries()) {
    if (file !== undefined) yield [['authentication', 'jwt', 'jwks', index, 'file'], file];
  }
  for (const [index, plugin] of plugins.entries()) yield [['plugins', index], plugin];
  for (const [index, plugin] of apollo.plugins.entries()) yield [['apollo', 'plugins', index], plugin];
}
