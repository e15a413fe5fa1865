import { type ArgumentNode, type ObjectFieldNode, print, type ValueNode } from 'graphql';
import { type ConnectVersion, DEFAULT_VERSION, isConnectVersion } from '../mapping/versions';

const CONNECT_IDENTITY = 'https://specs.apollo.dev/connect/';

/** Names and version of the connect directives, as `@link` says. */
export interface ConnectLink {
  readonly version: string;
  /** Name of the directive without `@`, after `as` and import aliases. */
  readonly connect: string;
  readonly source: string;
  /** Its other arguments as text: `import: ["@connect"]`. */
  readonly others: readonly string[];
}

export type LinkArguments = readonly (ArgumentNode | ObjectFieldNode)[];

/** The connect link among the arguments of a `@link`; null when it links something else. */
export function readConnectLink(args: LinkArguments): ConnectLink | null {
  const url = argument(args, 'url');
  if (url?.kind !== 'StringValue' || !url.value.startsWith(CONNECT_IDENTITY)) return null;
  const prefix = linkPrefix(args, 'connect');
  const imports = readImports(args);
  return {
    version: url.value.slice(CONNECT_IDENTITY.length).replace(/\/$/, ''),
    connect: imports.get('@connect') ?? prefix,
    source: imports.get('@source') ?? `${prefix}__source`,
    others: args.filter(({ name }) => name.value !== 'url').map(({ name, value }) => `${name.value}: ${print(value)}`),
  };
}

/** The version of a link that is supported. */
export function versionOf({ version }: ConnectLink): ConnectVersion {
  return isConnectVersion(version) ? version : DEFAULT_VERSION;
}

/** The `@link` to write for another version of what a document links. */
export function linkLine({ others }: Pick<ConnectLink, 'others'>, version: ConnectVersion): string {
  return `@link(${[`url: "${CONNECT_IDENTITY}${version}"`, ...others].join(', ')})`;
}

/** The name under which a federation directive such as `key` is known here; null when this links something else. */
export function federationDirective(args: LinkArguments, directive: string): string | null {
  const url = argument(args, 'url');
  if (url?.kind !== 'StringValue' || !url.value.startsWith('https://specs.apollo.dev/federation/')) return null;
  return readImports(args).get(`@${directive}`) ?? `${linkPrefix(args, 'federation')}__${directive}`;
}

function linkPrefix(args: LinkArguments, standard: string): string {
  const as = argument(args, 'as');
  return as?.kind === 'StringValue' ? as.value : standard;
}

/** Imported name (`@connect`) to the name in this document without `@`. */
function readImports(args: LinkArguments): ReadonlyMap<string, string> {
  const imports = new Map<string, string>();
  const list = argument(args, 'import');
  if (list?.kind !== 'ListValue') return imports;
  for (const item of list.values) {
    if (item.kind === 'StringValue') imports.set(item.value, item.value.replace(/^@/, ''));
    if (item.kind !== 'ObjectValue') continue;
    const name = argument(item.fields, 'name');
    const as = argument(item.fields, 'as');
    if (name?.kind !== 'StringValue') continue;
    imports.set(name.value, (as?.kind === 'StringValue' ? as.value : name.value).replace(/^@/, ''));
  }
  return imports;
}

function argument(args: LinkArguments, name: string): ValueNode | undefined {
  return args.find((candidate) => candidate.name.value === name)?.value;
}
