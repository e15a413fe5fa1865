import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { expandReferences } from '../config/expand';
import { configError, type Finding } from '../config/problem';
import { parseYaml, plainValues } from '../config/yaml-source';
import { nearestName } from '../nearest-name';
import { codeOf, messageOf } from '../supergraph/thrown';

/** One subgraph that a supergraph.yaml names. */
export interface YamlSubgraph {
  readonly name: string;
  /** Routing URL; empty when the file has none. */
  readonly url: string;
  readonly schema: YamlSchema;
}

type YamlSchema =
  | { readonly sdl: string }
  /** Asked while composing. */
  | { readonly introspect: string; readonly headers: Readonly<Record<string, string>> };

const TOP_KEYS = ['federation_version', 'version', 'subgraphs'];
/** Those of wgc about subscriptions and gRPC have no part in composition. */
const SUBGRAPH_KEYS = ['name', 'routing_url', 'schema', 'introspection', 'subscription', 'grpc'];
const SCHEMA_KEYS = ['file', 'sdl', 'subgraph_url', 'introspection_headers', 'graphref', 'subgraph'];
const INTROSPECTION_KEYS = ['url', 'headers', 'raw'];

type Path = readonly (string | number)[];

/** A value of the file and where it stands. */
interface Entry {
  readonly name: unknown;
  readonly value: unknown;
  readonly path: Path;
}

/**
 * Reads supergraph.yaml in Rover's form (a map of subgraphs) or wgc's (a list), with the SDL files that it names, which
 * are relative to it. A key that neither of them knows is refused.
 * @throws {HeadgateError} CONFIG_INVALID with file, line and column of each problem
 */
export async function readSupergraphYaml(path: string, env: NodeJS.ProcessEnv): Promise<readonly YamlSubgraph[]> {
  const source = parseYaml(await readYaml(path));
  if (source.problems.length > 0) throw configError(path, source.problems);
  const { findings } = expandReferences(source.document, { folder: dirname(path), env });
  const plain = plainValues(source.document);
  const value = 'value' in plain ? plain.value : {};
  const reader = new Reader(dirname(path), [...findings, ...('finding' in plain ? [plain.finding] : [])]);
  const subgraphs = await reader.subgraphs(value);
  if (reader.findings.length > 0) throw configError(path, reader.findings.map(source.locate));
  return subgraphs;
}

async function readYaml(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const message = `cannot be read (${codeOf(error) ?? messageOf(error)})`;
    throw configError(path, [{ path: '', line: null, column: null, message }]);
  }
}

/** Collects what is wrong instead of stopping at the first problem. */
class Reader {
  readonly findings: Finding[];
  readonly #folder: string;

  constructor(folder: string, findings: readonly Finding[]) {
    this.#folder = folder;
    this.findings = [...findings];
  }

  async subgraphs(value: unknown): Promise<readonly YamlSubgraph[]> {
    this.#checkFederationVersion(member(value, 'federation_version'));
    this.#checkKeys(value, [], TOP_KEYS);
    const entries = this.#entries(member(value, 'subgraphs'));
    const read = await Promise.all(entries.map((entry) => this.#subgraph(entry)));
    return read.filter((subgraph) => subgraph !== null);
  }

  #checkFederationVersion(version: unknown): void {
    if (!/^=?1(\.|$)/.test(String(version))) return;
    const message = 'Federation 1 composition is not supported; write 2: Federation 1 subgraphs compose as they are';
    this.#refuse(['federation_version'], message);
  }

  /** A misspelt key would be a URL or a schema that is left out without a word. */
  #checkKeys(value: unknown, path: Path, known: readonly string[]): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    for (const key of Object.keys(value)) {
      if (known.includes(key) || key.startsWith('x-')) continue;
      const nearest = nearestName(key, known);
      const hint = nearest === undefined ? `known are ${known.join(', ')}` : `did you mean ${nearest}?`;
      this.findings.push({ path: [...path, key], message: `unknown key; ${hint}`, atKey: true });
    }
  }

  #entries(subgraphs: unknown): readonly Entry[] {
    const entries = Array.isArray(subgraphs) ? listEntries(subgraphs) : mapEntries(subgraphs);
    if (entries.length === 0) {
      this.#refuse(['subgraphs'], 'wanted a map of subgraphs by name, or a list of subgraphs with a name each');
    }
    return entries;
  }

  async #subgraph({ name, value, path }: Entry): Promise<YamlSubgraph | null> {
    if (typeof name !== 'string' || name === '')
      return this.#refuse([...path, 'name'], 'wanted the name of the subgraph');
    const url = member(value, 'routing_url');
    if (url !== undefined && url !== null && typeof url !== 'string') {
      return this.#refuse([...path, 'routing_url'], 'wanted a URL');
    }
    const schema = await this.#schema(value, path);
    if (schema === null) return null;
    return { name, url: url ?? ('introspect' in schema ? schema.introspect : ''), schema };
  }

  async #schema(subgraph: unknown, path: Path): Promise<YamlSchema | null> {
    const schema = member(subgraph, 'schema');
    this.#checkKeys(subgraph, path, SUBGRAPH_KEYS);
    this.#checkKeys(schema, [...path, 'schema'], SCHEMA_KEYS);
    this.#checkKeys(member(subgraph, 'introspection'), [...path, 'introspection'], INTROSPECTION_KEYS);
    const at = [...path, 'schema'];
    const file = member(schema, 'file');
    if (typeof file === 'string') return this.#file(file, [...at, 'file']);
    const sdl = member(schema, 'sdl');
    if (typeof sdl === 'string') return { sdl };
    // Rover's key, or wgc's.
    const introspection = member(subgraph, 'introspection');
    const url = member(schema, 'subgraph_url') ?? member(introspection, 'url');
    if (typeof url !== 'string') {
      return this.#refuse(at, 'wanted one of schema.file, schema.sdl, schema.subgraph_url or introspection.url');
    }
    if (!URL.canParse(url)) return this.#refuse(at, `${url} is not a URL`);
    const headers = member(schema, 'introspection_headers') ?? member(introspection, 'headers');
    return { introspect: url, headers: stringsOf(headers) };
  }

  async #file(file: string, path: Path): Promise<YamlSchema | null> {
    const absolute = resolve(this.#folder, file);
    try {
      return { sdl: await readFile(absolute, 'utf8') };
    } catch (error) {
      return this.#refuse(path, `cannot read ${absolute} (${codeOf(error) ?? messageOf(error)})`);
    }
  }

  #refuse(path: Path, message: string): null {
    this.findings.push({ path, message });
    return null;
  }
}

function listEntries(list: readonly unknown[]): readonly Entry[] {
  return list.map((value, index) => ({ name: member(value, 'name'), value, path: ['subgraphs', index] }));
}

function mapEntries(map: unknown): readonly Entry[] {
  if (typeof map !== 'object' || map === null) return [];
  return Object.entries(map).map(([name, value]) => ({ name, value, path: ['subgraphs', name] }));
}

function member(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}

function stringsOf(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name.toLowerCase(), String(text)]));
}
