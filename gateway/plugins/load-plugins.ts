import { HeadgateError } from '../errors';
import { nearestName } from '../nearest-name';
import { loadExport } from './load-module';
import type { Plugin } from './plugin';
import { PLUGIN_TOOLS } from './tools';

const LAYERS = ['http', 'asked', 'ready', 'fetch'] as const;
const MEMBERS: readonly string[] = ['name', 'reads', 'policies', 'close', ...LAYERS];
const READS: readonly string[] = ['headers', 'facts'];

/**
 * Loads modules that export a plugin of ours, or a function that makes one.
 * @param paths absolute
 * @throws {HeadgateError} CONFIG_INVALID naming the module, and what is wrong with it
 */
export async function loadPlugins(paths: readonly string[]): Promise<readonly Plugin[]> {
  const plugins: Plugin[] = [];
  for (const path of paths) plugins.push(await from(path, () => loadExport(path)));
  return plugins;
}

/** Looks whether values are plugins. @throws {HeadgateError} CONFIG_INVALID */
export async function checkedPlugins(given: readonly unknown[]): Promise<readonly Plugin[]> {
  const plugins: Plugin[] = [];
  for (const [index, one] of given.entries()) plugins.push(await from(`plugins[${index}]`, async () => one));
  return plugins;
}

async function from(place: string, load: () => Promise<unknown>): Promise<Plugin> {
  try {
    const exported = await load();
    return checked(typeof exported === 'function' ? await exported(PLUGIN_TOOLS) : exported);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HeadgateError('CONFIG_INVALID', `cannot load the plugin ${place}: ${reason}`, { cause });
  }
}

function checked(plugin: unknown): Plugin {
  if (typeof plugin !== 'object' || plugin === null || Array.isArray(plugin))
    throw new TypeError('it must export a plugin object, or a function that returns one');
  if ('requestDidStart' in plugin || 'serverWillStart' in plugin)
    throw new TypeError('this is a plugin of Apollo Server: name it under apollo.plugins (in code: apolloPlugins)');
  for (const [key, value] of Object.entries(plugin)) checkMember(key, value);
  if (!('name' in plugin) || typeof plugin.name !== 'string' || plugin.name === '')
    throw new TypeError('it has no "name": give it a text, which names it in the log');
  return plugin as Plugin; // as: each member was looked at
}

function checkMember(key: string, value: unknown): void {
  if (!MEMBERS.includes(key)) throw new TypeError(`there is no member "${key}"${remedyFor(key, MEMBERS)}`);
  if (key === 'reads') checkReads(value);
  else if (key !== 'name' && value !== undefined && typeof value !== 'function')
    throw new TypeError(`"${key}" is ${typeof value}, not a function`);
}

function checkReads(reads: unknown): void {
  if (typeof reads !== 'object' || reads === null) throw new TypeError('"reads" must be an object: { headers, facts }');
  for (const [key, value] of Object.entries(reads)) {
    if (!READS.includes(key)) throw new TypeError(`there is no member "reads.${key}"${remedyFor(key, READS)}`);
    if (!Array.isArray(value)) throw new TypeError(`"reads.${key}" must be a list`);
    const isWell = key === 'headers' ? (one: unknown) => typeof one === 'string' : isFact;
    if (!value.every(isWell))
      throw new TypeError(
        `"reads.${key}" must hold ${key === 'headers' ? 'names of headers' : 'facts: { name, keyOf }'} only`,
      );
  }
}

function isFact(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'keyOf' in value && typeof value.keyOf === 'function';
}

function remedyFor(key: string, known: readonly string[]): string {
  const nearest = nearestName(key, known);
  return nearest === undefined ? `; there are ${known.join(', ')}` : `; did you mean "${nearest}"?`;
}
