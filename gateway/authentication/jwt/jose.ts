export type Jose = typeof import('jose');

let loaded: Promise<Jose> | undefined;

/**
 * The library for signatures, loaded where somebody verifies one: it is an ECMAScript module, which no version of Node 20 before
 * 20.19 can require.
 */
export function loadJose(): Promise<Jose> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Jose> {
  try {
    const jose: Jose = require('jose');
    return jose;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_REQUIRE_ESM') return import('jose');
    throw error;
  }
}
