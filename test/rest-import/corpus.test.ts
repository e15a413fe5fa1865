import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isHeadgateError } from '../../gateway/errors';
import { importOpenapi } from '../../gateway/rest-import/import-openapi';
import { composeSubgraphs } from '../../gateway/supergraph/compose';
import { readConnectorsFromSdl } from '../../gateway/transport/rest/connectors';
import { type RestAdapter, startRestAdapter } from '../fixtures/rest-adapter';
import { type Asked, everyField } from './ask-everything';
import { DocumentService } from './document-service';

/** Documents that others wrote as examples: of every version, in JSON and, where they are few, in YAML as well. */
const FOLDER = dirname(require.resolve('@readme/oas-examples/package.json'));
const DOCUMENTS = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((name) => /^([23]\.\d\/json|(2\.0|3\.1)\/yaml)\/.*\.(json|yaml)$/.test(name))
  .sort();
/** A graph needs a field to ask for; some documents change things only. */
const BESIDE = { name: 'beside', url: 'http://beside', sdl: 'type Query { beside: Boolean }' };

it('are drafted, valid, and compose, but for those that have nothing to draft', async () => {
  const figures = { documents: 0, operations: 0, imported: 0 };
  const refused: string[] = [];
  for (const name of DOCUMENTS) {
    try {
      const { sdl, operations, imported } = importOpenapi(join(FOLDER, name));
      figures.documents += 1;
      figures.operations += operations;
      figures.imported += imported;
      // Of a pair of JSON and YAML one is enough.
      if (name.endsWith('json')) await composeSubgraphs([{ name: 'draft', url: 'http://draft', sdl }, BESIDE]);
    } catch (error) {
      if (!isHeadgateError(error, 'OPENAPI_INVALID')) throw new Error(`${name}: ${String(error)}`, { cause: error });
      refused.push(name);
    }
  }
  // Uploads only, a title only, webhooks only.
  expect(
    refused.filter((name) => !/(file-uploads|title|schema-encoding-style|webhooks)\.(json|yaml)$/.test(name)),
  ).toEqual([]);
  expect(figures.documents).toBeGreaterThan(70);
  expect(figures.imported / figures.operations).toBeGreaterThan(0.91);
}, 120_000);

describe.each([
  ['2.0/json/petstore.json'],
  ['3.0/json/polymorphism.json'],
  ['3.0/json/star-trek.json'],
  ['3.0/json/link-example.json'],
  ['3.0/json/readme-legacy.json'],
  ['3.1/json/train-travel.json'],
])('the draft of %s', (name) => {
  const path = join(FOLDER, name);
  const { sdl } = importOpenapi(path);
  const document = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>; // as: its schemas are looked at with care
  const service = new DocumentService(document);
  const connectors = readConnectorsFromSdl(sdl, 'users');
  const fields = everyField(connectors.schema);
  let adapter: RestAdapter;
  beforeAll(async () => {
    const [source] = connectors.sources.values();
    adapter = await startRestAdapter(sdl, service.script(source?.basePath ?? ''));
  });
  afterAll(() => adapter.close());

  it('answers each of its fields with what the service said', async () => {
    const failed: unknown[] = [];
    for (const one of fields) failed.push(...(await differences(one)));
    expect(failed).toEqual([]);
    expect(fields.length).toBeGreaterThan(4);
  });

  async function differences({ field, text }: Asked): Promise<readonly unknown[]> {
    service.last = undefined;
    const { data, errors } = await adapter.ask(text);
    const value = (data as Record<string, unknown> | null)?.[field.split('.')[1] ?? ''];
    if (errors.length > 0) return [{ field, errors: errors.slice(0, 2), sent: adapter.sent().at(-1) }];
    const wrong =
      service.last === null ? (value === true || value === null ? [] : [value]) : unlike(service.last, value, field);
    return wrong;
  }
});

/** Places where an answer has under the same name something else than the service said. */
function unlike(said: unknown, got: unknown, at: string): readonly string[] {
  if (typeof got === 'string' && typeof said === 'number') return got === String(said) ? [] : [`${at}: ${got}`];
  if (Array.isArray(said) && Array.isArray(got)) {
    if (said.length !== got.length) return [`${at}: ${got.length} items`];
    return said.flatMap((item, index) => unlike(item, got[index], `${at}[${index}]`));
  }
  if (isObject(said) && isObject(got)) {
    return Object.keys(got).flatMap((name) =>
      Object.hasOwn(said, name) ? unlike(said[name], got[name], `${at}.${name}`) : [],
    );
  }
  return JSON.stringify(said) === JSON.stringify(got)
    ? []
    : [`${at}: ${JSON.stringify(got)}, not ${JSON.stringify(said)}`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
