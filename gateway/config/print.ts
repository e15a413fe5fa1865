import { stringify } from 'yaml';
import { z } from 'zod';
import type { ReadSettings } from './read-settings';
import { maskSecrets } from './secrets';
import { settingsSchema } from './settings';

/** The configuration as it takes effect, in the file's form: defaults filled in, secrets masked. */
export function effectiveSettings({ settings, expansions }: Pick<ReadSettings, 'settings' | 'expansions'>): unknown {
  return maskSecrets(z.encode(settingsSchema, settings), expansions);
}

export function printSettings(loaded: Pick<ReadSettings, 'settings' | 'expansions'>): string {
  return stringify(effectiveSettings(loaded), { lineWidth: 0 });
}
