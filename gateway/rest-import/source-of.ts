import type { Notes } from './notes';
import type { Answer } from './operations';
import type { SchemaReader, View } from './schema-view';
import { isTree, listAt, type Tree, textAt, treeAt } from './tree';

const NOWHERE = 'http://localhost';

/** Where the service is, as the document says. */
export function baseUrlOf(document: Tree, notes: Notes): string {
  if (Object.hasOwn(document, 'swagger')) return oldBaseUrl(document, notes);
  const [server] = listAt(document, 'servers');
  const url = serverUrl(server);
  if (url !== null) return url;
  notes.add('servers', `names no whole http or https URL; the draft has ${NOWHERE}`);
  return NOWHERE;
}

/** Its URL with the defaults of its variables, without a slash at the end; null when no adapter can have it. */
export function serverUrl(server: unknown): string | null {
  if (!isTree(server)) return null;
  const variables = treeAt(server, 'variables');
  const url = (textAt(server, 'url') ?? '').replace(/\{([^{}]+)\}/g, (whole, name: string) => {
    const variable = treeAt(variables, name);
    return textAt(variable, 'default') ?? String(listAt(variable, 'enum')[0] ?? whole);
  });
  return usable(url);
}

function oldBaseUrl(document: Tree, notes: Notes): string {
  const schemes = listAt(document, 'schemes');
  const scheme = schemes.includes('https') || schemes.length === 0 ? 'https' : 'http';
  const host = textAt(document, 'host');
  const url = host === null ? null : usable(`${scheme}://${host}${textAt(document, 'basePath') ?? ''}`);
  if (url !== null) return url;
  notes.add('host', `names no host; the draft has ${NOWHERE}`);
  return usable(`${NOWHERE}${textAt(document, 'basePath') ?? ''}`) ?? NOWHERE;
}

function usable(text: string): string | null {
  if (!/^https?:\/\/[^/?#{}\s@]+[^?#{}\s]*$/i.test(text) || !URL.canParse(text)) return null;
  return text.replace(/\/+$/, '');
}

/** Ways to the message in the body of a failure, the likelier first. */
const MESSAGES: readonly (readonly string[])[] = [
  ['error', 'message'],
  ['message'],
  ['error_description'],
  ['errorSummary'],
  ['detail'],
  ['error_message'],
  ['title'],
  ['error'],
];

/** The mapping that gives the message of most failures that the document describes; null when none does. */
export function errorMessageOf(answers: readonly Answer[], schemas: SchemaReader): string | null {
  const counts = new Map<string, number>();
  for (const { status, content } of answers) {
    if (!/^([45](\d\d|XX)|default)$/i.test(status)) continue;
    const [schema] = content.values();
    const view = schemas.view(schema ?? {});
    const found = MESSAGES.find((path) => leadsToText(view, path, schemas));
    if (found !== undefined) counts.set(found.join('.'), (counts.get(found.join('.')) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? null;
}

function leadsToText(view: View, [first, ...more]: readonly string[], schemas: SchemaReader): boolean {
  if (first === undefined) return view.kind === 'string';
  const property = view.kind === 'object' ? view.properties.get(first) : undefined;
  return property !== undefined && leadsToText(schemas.view(property.schema), more, schemas);
}
