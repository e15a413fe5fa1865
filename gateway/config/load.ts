import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { ServerTlsOptions } from '../http/tls/options';
import { textsIn } from '../json/texts-in';
import type { ManifestDocument } from '../persisted-documents/options';
import { withAbsolutePaths } from './absolute-paths';
import { buildConfig } from './build-config';
import { checkSettings } from './check-settings';
import type { Config } from './config';
import type { Expansion } from './expand';
import { readManifests } from './manifests';
import { type Overrides, overriding } from './overrides';
import { effectiveSettings } from './print';
import { configError, unlocated } from './problem';
import { type ReadSettings, readSettings } from './read-settings';
import { readServerTls } from './server-tls';
import type { Settings } from './settings';

export interface LoadOptions extends Overrides {
  /** `./headgate.yaml` when absent, if that is there. */
  readonly path?: string;
  /** Switches on what helps while developing: GraphiQL, introspection, query plans, error details. */
  readonly dev?: boolean;
}

export interface LoadedConfig {
  readonly config: Config;
  /** Absolute; null when there is no file. */
  readonly path: string | null;
  /** Absolute paths of the files that this configuration was read from. */
  readonly files: readonly string[];
  /** The configuration in the form of the file, secrets masked, made when it is called. Absent in a worker. */
  readonly shown?: () => unknown;
  /** Plain data of which another process makes the same configuration, with {@link remakeConfig}. */
  readonly source: ConfigSource;
}

export interface ConfigSource {
  readonly settings: Settings;
  /** What the file says, before defaults. */
  readonly given: unknown;
  readonly dev: boolean;
  /** Of the manifests that the settings name. */
  readonly documents: readonly ManifestDocument[];
  /** Of the files that `server.tls` names. */
  readonly tls: ServerTlsOptions | null;
  /** Strings of the sources' `config` that come from the environment or from other files. */
  readonly fromOutside: readonly string[];
}

/** Settings with absolute paths, and where they come from. */
export interface LoadedSettings extends ReadSettings {
  /** Of the manifests that they name. */
  readonly documents: readonly ManifestDocument[];
  /** Of the files that `server.tls` names. */
  readonly tls: ServerTlsOptions | null;
  readonly path: string | null;
  /** As of {@link ConfigSource}. */
  readonly fromOutside: readonly string[];
}

const DEFAULT_FILE = 'headgate.yaml';
const FILE_BYTES_MAX = 1_048_576;

/** @throws {HeadgateError} CONFIG_INVALID with every problem at once */
export async function loadConfig(options: LoadOptions = {}): Promise<LoadedConfig> {
  const read = await loadSettings(options);
  const { settings, given, path, files, documents, tls, fromOutside } = read;
  const source = { settings, given, dev: options.dev === true, documents, tls, fromOutside };
  return { config: remakeConfig(source), path, files, source, shown: () => effectiveSettings(read) };
}

export function remakeConfig({ settings, given, dev, documents, tls, fromOutside }: ConfigSource): Config {
  return buildConfig(settings, given, dev, documents, tls, fromOutside);
}

/** @throws {HeadgateError} CONFIG_INVALID with every problem at once */
export async function loadSettings(options: LoadOptions = {}): Promise<LoadedSettings> {
  const path = options.path ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : null);
  return path === null ? settingsWithoutFile(options) : settingsOfFile(path, options);
}

async function settingsOfFile(path: string, options: LoadOptions): Promise<LoadedSettings> {
  const file = resolve(path);
  const folder = dirname(file);
  const text = await readText(path, file);
  const surroundings = { folder, env: options.env ?? process.env };
  const read = readSettings(path, text, { ...surroundings, adjust: overriding(options) });
  const settings = withAbsolutePaths(read.settings, folder, surroundings.env);
  const { documents, ...manifests } = await readManifests(settings);
  const { tls, ...certificates } = await readServerTls(settings);
  const findings = [...manifests.findings, ...certificates.findings];
  if (findings.length > 0) throw configError(path, findings.map(read.locate));
  const files = [file, ...read.files, ...manifests.files, ...certificates.files];
  return { ...read, settings, documents, tls, path: file, files, fromOutside: fromOutside(settings, read.expansions) };
}

function fromOutside({ subgraphs }: Settings, expansions: readonly Expansion[]): readonly string[] {
  if (expansions.length === 0) return [];
  const configs = Object.values(subgraphs).flatMap(({ sources = {} }) =>
    Object.values(sources).map((one) => one.config),
  );
  const texts = new Set(textsIn(configs));
  return [...new Set(expansions.map(({ value }) => value))].filter((value) => texts.has(value));
}

/** There is no folder of a configuration to keep a checkpoint in, and a supergraph file is its own. */
function settingsWithoutFile(options: LoadOptions): LoadedSettings {
  const given = options.supergraph === undefined ? {} : { supergraph: { checkpoint: false } };
  const checked = checkSettings(given, { expanded: new Set(), findings: [], adjust: overriding(options) });
  if ('findings' in checked) throw configError(null, checked.findings.map(unlocated));
  const settings = withAbsolutePaths(checked.settings, process.cwd(), options.env);
  const nothing = { documents: [], tls: null, expansions: [], files: [], fromOutside: [] };
  return { settings, given, ...nothing, path: null, locate: unlocated };
}

async function readText(shown: string, file: string): Promise<string> {
  const fail = (message: string) => configError(shown, [unlocated({ path: [], message })]);
  try {
    const { size } = await stat(file);
    if (size > FILE_BYTES_MAX) throw fail('is larger than 1 MiB');
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      throw fail('no such file; name another one with --config FILE, or start with --supergraph FILE');
    throw code === 'CONFIG_INVALID' ? error : fail(`cannot be read (${code})`);
  }
}
