import { type CheckContext, checkSettings } from './check-settings';
import { type Expansion, expandReferences, type Surroundings } from './expand';
import { configError, type Finding, type Problem } from './problem';
import { maskExpanded } from './secrets';
import type { Settings } from './settings';
import { parseYaml, plainValues } from './yaml-source';

export interface ReadSettings {
  readonly settings: Settings;
  /** What the text says, before defaults. */
  readonly given: unknown;
  readonly expansions: readonly Expansion[];
  /** Absolute paths of the files that references read. */
  readonly files: readonly string[];
  /** Gives a finding its line and column. */
  readonly locate: (finding: Finding) => Problem;
}

/**
 * Reads and checks the text of a headgate.yaml.
 * @throws {HeadgateError} CONFIG_INVALID with every problem at once
 */
export function readSettings(
  file: string,
  text: string,
  { adjust, ...surroundings }: Surroundings & Pick<CheckContext, 'adjust'>,
): ReadSettings {
  const source = parseYaml(text);
  if (source.problems.length > 0) throw configError(file, source.problems);
  const { expansions, findings, files } = expandReferences(source.document, surroundings);
  const plain = plainValues(source.document);
  if ('finding' in plain) throw configError(file, [source.locate(plain.finding)]);
  const expanded = new Set(expansions.map(({ value }) => value));
  const checked = checkSettings(plain.value, { expanded, findings, adjust });
  if ('findings' in checked) {
    const shown = checked.findings.map((one) => ({ ...one, message: maskExpanded(one.message, expansions) }));
    throw configError(file, shown.map(source.locate));
  }
  return { settings: checked.settings, given: plain.value, expansions, files, locate: source.locate };
}
