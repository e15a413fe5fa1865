import { createRequire } from 'node:module';
import { HeadgateError } from '../errors';

/** CommonJS first: it works for every module but ECMAScript ones on Node 20, which cannot be required. */
async function loadModule(path: string): Promise<unknown> {
  try {
    return createRequire(__filename)(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_REQUIRE_ESM') return import(path);
    throw error;
  }
}

function hasDefault(value: unknown): value is { readonly default: unknown } {
  return typeof value === 'object' && value !== null && 'default' in value;
}

async function loadPlugin(path: string): Promise<object> {
  const module = await loadModule(path);
  const outer = hasDefault(module) ? module.default : module;
  // A CommonJS module with `exports.default`, seen through import().
  const exported: unknown = hasDefault(outer) ? outer.default : outer;
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
