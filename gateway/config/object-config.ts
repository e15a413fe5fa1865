import type { z } from 'zod';
import { withAbsolutePaths } from './absolute-paths';
import { buildConfig } from './build-config';
import { checkSettings } from './check-settings';
import type { Config } from './config';
import { configError, unlocated } from './problem';
import type { settingsSchema } from './settings';

/** Content of a headgate.yaml as an object; every key may be left out. */
export type GivenSettings = z.input<typeof settingsSchema>;

/**
 * The configuration that a file with this content would give; paths are relative to the working directory.
 * @throws {HeadgateError} CONFIG_INVALID with every problem at once
 */
export function configOf(given: GivenSettings): Config {
  const checked = checkSettings(given, { expanded: new Set(), findings: [], adjust: (settings) => settings });
  if ('findings' in checked) throw configError('configuration object', checked.findings.map(unlocated));
  return buildConfig(withAbsolutePaths(checked.settings, process.cwd()), given, false);
}
