import { createRequire } from 'node:module';

/** CommonJS first: it works for every module but ECMAScript ones on Node 20, which cannot be required. */
async function load(path: string): Promise<unknown> {
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

/** Loads what a module exports as `default` or `module.exports`. @param path absolute */
export async function loadExport(path: string): Promise<unknown> {
  const module = await load(path);
  const outer = hasDefault(module) ? module.default : module;
  // A CommonJS module with `exports.default`, seen through import().
  return hasDefault(outer) ? outer.default : outer;
}
