import type { Config } from '../config/config';
import { loadConfig } from '../config/load';
import { configOf } from '../config/object-config';
import { configError } from '../config/problem';
import { keysWithoutEffect } from './keys-in-effect';
import type { HeadgateGatewayOptions } from './options';

/**
 * The configuration of a gateway that a host embeds. Errors of subgraphs are withheld from the host only where it says so itself.
 * @throws {HeadgateError} CONFIG_INVALID, also for keys that nothing of an embedded gateway acts upon
 */
export async function hostConfig(given: HeadgateGatewayOptions['config']): Promise<Config> {
  const { config, said, place } = await configAndGiven(given);
  const problems = keysWithoutEffect(said);
  if (problems.length > 0) throw configError(place, problems);
  // Where nothing is said of it, errors are the host's to mask: its Apollo Server has a formatError.
  return isObject(said) && 'error_masking' in said ? config : withoutErrorMasks(config);
}

async function configAndGiven(given: HeadgateGatewayOptions['config']) {
  if (typeof given !== 'string')
    return { config: configOf(given ?? {}), said: given as unknown, place: 'configuration object' };
  const { config, source } = await loadConfig({ path: given });
  return { config, said: source.given, place: given };
}
function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function withoutErrorMasks(config: Config): Config {
  const optionsFor: Config['optionsFor'] = (...asked) => {
    const { errorMask: _, ...options } = config.optionsFor(...asked);
    return options;
  };
  return { ...config, optionsFor };
}
