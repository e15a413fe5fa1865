import type { ManifestDocument } from './options';

/** Something wrong in a manifest: `place` is a path in its JSON, empty for all of it. */
export class ManifestError extends Error {
  constructor(
    readonly place: string,
    message: string,
  ) {
    super(message);
  }
}

const ID_CHARACTERS_MAX = 1_024;
const APOLLO_FORMAT = 'apollo-persisted-query-manifest';
const SHAPES = `an Apollo manifest {"format": "${APOLLO_FORMAT}", "operations": […]} or an object of {"<id>": "<document>"}`;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads a manifest: Apollo's (`generate-persisted-query-manifest`), or an object of ids and texts (Relay, GraphQL Code Generator, Hive).
 * @param app that all of its documents are for
 * @throws {ManifestError} with the place in the JSON
 */
export function readManifest(text: string, app: ManifestDocument['app'] = null): ManifestDocument[] {
  const json = parsed(text);
  if (!isRecord(json)) throw new ManifestError('', `expected ${SHAPES}`);
  if (json.format === undefined && !Array.isArray(json.operations)) {
    return Object.entries(json).map(([id, document]) => entryOf(id, document, null, app, [id, id]));
  }
  const { format = APOLLO_FORMAT, version = 1, operations } = json;
  if (format !== APOLLO_FORMAT) throw new ManifestError('format', `is not known; expected ${SHAPES}`);
  if (version !== 1) throw new ManifestError('version', 'is not known; expected 1');
  if (!Array.isArray(operations)) throw new ManifestError('operations', 'must be a list');
  return operations.map((operation: unknown, index) => {
    const place = `operations[${index}]`;
    if (!isRecord(operation)) throw new ManifestError(place, 'must be an object with "id" and "body"');
    const { id, body, clientName = null } = operation;
    if (clientName !== null && typeof clientName !== 'string')
      throw new ManifestError(`${place}.clientName`, 'must be a string');
    return entryOf(id, body, clientName, app, [`${place}.id`, `${place}.body`]);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ManifestError('', `is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function entryOf(
  id: unknown,
  text: unknown,
  clientName: string | null,
  app: ManifestDocument['app'],
  [idPlace, textPlace]: readonly [string, string],
): ManifestDocument {
  if (typeof id !== 'string' || id === '' || id.length > ID_CHARACTERS_MAX)
    throw new ManifestError(idPlace, `must be an id of 1 to ${ID_CHARACTERS_MAX} characters`);
  if (typeof text !== 'string' || text.trim() === '')
    throw new ManifestError(textPlace, 'must be the text of a GraphQL document');
  return { id, text, clientName, app };
}
