import { HeadgateError } from '../errors';
import { loadExport } from './load-module';

async function loadPlugin(path: string): Promise<object> {
  const exported = await loadExport(path);
  const plugin: unknown = typeof exported === 'function' ? await exported() : exported;
  if (typeof plugin === 'object' && plugin !== null && !Array.isArray(plugin)) return plugin;
  throw new TypeError('it must export a plugin object, or a function that returns one');
}

/**
 * Loads the modules that export an Apollo Server plugin, or a function returning one, as `default` or `module.exports`.
 * @param paths absolute
 * @throws {HeadgateError} CONFIG_INVALID naming the module
 */
export async function loadApolloPlugins(paths: readonly string[]): Promise<readonly object[]> {
  const plugins: object[] = [];
  for (const path of paths) {
    try {
      plugins.push(await loadPlugin(path));
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new HeadgateError('CONFIG_INVALID', `cannot load the Apollo Server plugin ${path}: ${reason}`, { cause });
    }
  }
  return plugins;
}
