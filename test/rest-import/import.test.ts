import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { isHeadgateError } from '../../gateway/errors';
import { packageRoot } from '../../gateway/package-root';
import { type Import, importOpenapi } from '../../gateway/rest-import/import-openapi';
import { composeSubgraphs } from '../../gateway/supergraph/compose';
import { configFolders } from '../fixtures/config-folder';
import { runHeadgate } from '../fixtures/headgate-process';
import { filesIn } from '../fixtures/markdown';
import { startRestAdapter } from '../fixtures/rest-adapter';
import { answerJson } from '../fixtures/scripted-server';

const PETS = {
  openapi: '3.0.3',
  info: { title: 'Pets', version: '1' },
  servers: [{ url: 'https://{where}.example.com/v2/', variables: { where: { default: 'eu' } } }],
  paths: {
    '/pets': {
      get: {
        operationId: 'list-pets',
        summary: 'All of them',
        parameters: [
          { name: 'ids', in: 'query', schema: { type: 'array', maxItems: 20, items: { type: 'string' } } },
          {
            name: 'filter',
            in: 'query',
            style: 'deepObject',
            schema: { type: 'object', properties: { kind: { type: 'string' }, 'max-age': { type: 'integer' } } },
          },
          {
            name: 'sort',
            in: 'query',
            explode: false,
            schema: { type: 'array', items: { type: 'string', enum: ['age', 'name'] } },
          },
          { name: 'limit', in: 'query', schema: { type: 'integer', format: 'int32' } },
          { name: 'X-Trace', in: 'header', schema: { type: 'string' } },
          { name: 'session', in: 'cookie', schema: { type: 'string' } },
        ],
        responses: {
          200: {
            description: '',
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  properties: {
                    data: { type: 'array', items: { $ref: '#/components/schemas/Pet' } },
                    next: { type: 'string', nullable: true },
                  },
                },
              },
            },
          },
        },
      },
      post: {
        operationId: 'createPet',
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Pet' } } },
        },
        responses: {
          201: { description: '', content: { 'application/json': { schema: { $ref: '#/components/schemas/Pet' } } } },
          422: {
            description: '',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } },
          },
        },
      },
    },
    '/pets/{petId}': {
      parameters: [{ name: 'petId', in: 'path', required: true, schema: { type: 'string' } }],
      get: {
        operationId: 'getPet',
        responses: {
          200: { description: '', content: { 'application/json': { schema: { $ref: '#/components/schemas/Pet' } } } },
        },
      },
      delete: { operationId: 'deletePet', deprecated: true, responses: { 204: { description: 'gone' } } },
      put: {
        operationId: 'putPhoto',
        requestBody: { content: { 'image/png': { schema: { type: 'string', format: 'binary' } } } },
        responses: { 204: { description: '' } },
      },
      head: { operationId: 'hasPet', responses: { 200: { description: '' } } },
    },
    '/owners/{owner}/login': {
      post: {
        parameters: [{ name: 'owner', in: 'path', required: true, schema: { type: 'integer', format: 'int64' } }],
        requestBody: {
          content: {
            'application/x-www-form-urlencoded': {
              schema: {
                type: 'object',
                required: ['pass-word'],
                properties: { 'pass-word': { type: 'string' }, remember: { type: 'boolean' } },
              },
            },
          },
        },
        responses: { 200: { description: '', content: { 'text/plain': { schema: { type: 'string' } } } } },
      },
    },
  },
  components: {
    schemas: {
      Pet: {
        type: 'object',
        required: ['id', 'name', 'kind'],
        description: 'An animal.\n\nMore of it.',
        properties: {
          id: { type: 'string', readOnly: true },
          name: { type: 'string' },
          kind: { type: 'string', enum: ['dog', 'cat'] },
          size: { type: 'string', enum: ['x-small', 'large'] },
          chip: { type: 'integer', format: 'int64' },
          'weight-kg': { type: 'number' },
          __typename: { type: 'string' },
          secret: { type: 'string', writeOnly: true },
          parent: { $ref: '#/components/schemas/Pet' },
          friends: { type: 'array', items: { $ref: '#/components/schemas/Pet' } },
          tags: { type: 'object', additionalProperties: { type: 'string' } },
          either: { oneOf: [{ type: 'string' }, { type: 'integer' }] },
          home: { anyOf: [{ $ref: '#/components/schemas/House' }, { $ref: '#/components/schemas/Tent' }] },
        },
      },
      House: {
        allOf: [
          { $ref: '#/components/schemas/Place' },
          { type: 'object', required: ['rooms'], properties: { rooms: { type: 'integer' } } },
        ],
      },
      Tent: {
        allOf: [{ $ref: '#/components/schemas/Place' }, { type: 'object', properties: { colour: { type: 'string' } } }],
      },
      Place: {
        type: 'object',
        required: ['town'],
        properties: { town: { type: 'string' }, nested: { $ref: '#/components/schemas/Nested' } },
      },
      Nested: {
        type: 'object',
        properties: { inner: { $ref: '#/components/schemas/Nested' }, depth: { type: 'integer' } },
      },
      Problem: { type: 'object', properties: { message: { type: 'string' } } },
    },
  },
};

const folders = configFolders();

function imported(document: unknown, overrides?: string): Import {
  const { write } = folders();
  const path = write('openapi.json', JSON.stringify(document));
  return importOpenapi(path, overrides === undefined ? {} : { overrides: { path: 'overrides.yaml', text: overrides } });
}

function operation(schema: unknown, more: object = {}) {
  return {
    get: {
      operationId: 'one',
      responses: { 200: { description: '', content: { 'application/json': { schema } } } },
      ...more,
    },
  };
}

function withSchema(schema: unknown, schemas: object = {}) {
  return {
    openapi: '3.1.0',
    servers: [{ url: 'https://a.example' }],
    paths: { '/one': operation(schema) },
    components: { schemas },
  };
}

const place = ({ place: at, note }: Import['notes'][number]) => `${at} ${note}`;

describe('a draft', () => {
  it('has types, arguments, bodies, keys and bulk lookups of the document', () => {
    const { sdl, operations, imported: count } = imported(PETS);
    expect([count, operations]).toEqual([5, 7]);
    expect(sdl).toBe(readFileSync(join(packageRoot, 'test', 'rest-import', 'pets.rest.graphql'), 'utf8'));
  });

  it('says what is not in it, and what is otherwise than in the document', () => {
    const { leftOut, notes } = imported(PETS);
    expect(leftOut).toEqual([
      {
        operation: 'PUT /pets/{petId}',
        operationId: 'putPhoto',
        reason: 'takes image/png, which no connector can send',
      },
      { operation: 'HEAD /pets/{petId}', operationId: 'hasPet', reason: 'has the method HEAD, which no connector has' },
    ]);
    expect(notes.map(place)).toEqual([
      'GET /pets the cookie parameter session is left out: it is a cookie',
      'Pet.weight-kg is `weight_kg`: GraphQL cannot have its name',
      'Pet.__typename is `_typename`: GraphQL cannot have its name',
      'Pet tags is JSON: it is a map: its keys are not known',
      'Pet either is JSON: it is one of int, string',
      'POST /pets the body is JSON: its input type refers to itself and has names that GraphQL cannot have',
      'Nested.inner is JSON: it leads back to Nested',
      'GET /pets answers one page: the next is asked for by limit',
    ]);
  });

  it('is the same text for the same document, and composes', async () => {
    const { sdl } = imported(PETS);
    expect(imported(PETS).sdl).toBe(sdl);
    await expect(composeSubgraphs([{ name: 'pets', url: 'http://pets', sdl }])).resolves.toBeDefined();
  });

  it('is as the overrides say, and they hold when the document has changed', () => {
    const overrides = `
source: { name: pets, base_url: "http://127.0.0.1:4010/" }
operations:
  list-pets: { name: pets }
  createPet: { root: query }
  DELETE /pets/{petId}: { leave_out: true }
types:
  Pet: { name: Animal, batch: { operation: list-pets, argument: ids, max_size: 7 } }
fields:
  Pet.chip: { name: chipNumber, type: ID }
  Pet.home: { leave_out: true }
`;
    const { sdl, leftOut } = imported(PETS, overrides);
    expect(sdl).toContain('@source(name: "pets", http: { baseURL: "http://127.0.0.1:4010" }');
    expect(sdl).toMatch(/type Query \{[\s\S]*\n {2}pets\([\s\S]*\n {2}createPet\([\s\S]*\ntype Mutation/);
    expect(sdl).toMatch(/type Animal[\s\S]*batch: \{ maxSize: 7 \}[\s\S]*\n {2}chipNumber: ID\n/);
    expect(sdl).toContain('chipNumber: chip\n');
    expect(sdl).not.toMatch(/\bhome\b|\bPet\b/);
    expect(leftOut).toContainEqual({
      operationId: 'deletePet',
      operation: 'DELETE /pets/{petId}',
      reason: 'is left out, as the overrides say',
    });
    const changed = structuredClone(PETS) as typeof PETS & { paths: Record<string, unknown> };
    changed.paths['/more'] = operation({ $ref: '#/components/schemas/Pet' });
    expect(imported(changed, overrides).sdl).toMatch(/\n {2}one: Animal\n/);
  });

  it('has the keys that the overrides say', () => {
    const pet = { type: 'object', properties: { id: { type: 'string' }, chip: { type: 'string' } } };
    const document = {
      openapi: '3.1.0',
      paths: {
        '/pets/{id}': operation({ $ref: '#/components/schemas/Pet' }),
        '/chips/{code}/pet': { get: { ...operation({ $ref: '#/components/schemas/Pet' }).get, operationId: 'byChip' } },
      },
      components: { schemas: { Pet: pet } },
    };
    expect(imported(document).sdl).toMatch(
      /one\(id: ID!\)[\s\S]*entity: true[\s\S]*type Pet\n {2}@key\(fields: "id"\)\n/,
    );
    const byChip = imported(document, 'types: { Pet: { key: chip, lookup: byChip } }').sdl;
    expect(byChip).toMatch(/byChip\(chip: String!\)[\s\S]*entity: true[\s\S]*type Pet\n {2}@key\(fields: "chip"\)\n/);
    expect(imported(document, 'types: { Pet: { entity: false } }').sdl).not.toMatch(/@key\(|entity/);
    const alone = imported(document, 'types: { Pet: { key: chip } }').sdl;
    expect(alone).toMatch(
      /type Pet\n {2}@key\(fields: "chip", resolvable: false\)\n\{\n {2}id: ID\n {2}chip: String!\n/,
    );
  });

  it('believes the examples of a document more than its schemas', () => {
    const schema = {
      type: 'object',
      required: ['a', 'b', 'c', 'd'],
      properties: {
        a: { type: 'string' },
        b: { type: 'string' },
        c: { type: 'string' },
        d: { type: 'array', items: { type: 'string', enum: ['x', 'y'] } },
      },
    };
    const media = {
      schema,
      example: { a: 'x', b: null, c: 'x', d: ['z'] },
      examples: { second: { value: { a: 'x', b: 'x', d: [] } } },
    };
    const responses = { 200: { content: { 'application/json': media } } };
    const { sdl, notes } = imported({
      openapi: '3.1.0',
      paths: { '/one': { get: { operationId: 'one', responses } } },
    });
    expect(sdl).toContain('type OneResult {\n  a: String!\n  b: String\n  c: String\n  d: [String]!\n}');
    expect(notes.map(place)).toEqual([
      expect.stringContaining('servers'),
      'OneResult.b may be null: an example of the document is without it',
      'OneResult.c may be null: an example of the document is without it',
      'OneResult d is String: an example has another value than those of its enum',
    ]);
  });

  it('is refused with overrides of what is not there', () => {
    const refused = (text: string) => expect(() => imported(PETS, text));
    refused('operations:\n  listPets: { name: pets }\n').toThrow(
      'overrides.yaml:2:3 operations.listPets: the draft has nothing of this name',
    );
    refused('fields: { Pet.id: { nam: x } }').toThrow('overrides.yaml:1:21 fields.Pet.id.nam: unknown key');
    refused('types: { Pet: { name: "a-b" } }').toThrow(/overrides\.yaml:1:23 .*no name that GraphQL can have/);
  });
});

describe('what a schema becomes', () => {
  const typeOf = (schema: unknown, schemas?: object) =>
    /\n {2}one: (\S+)/.exec(imported(withSchema(schema, schemas)).sdl)?.[1];
  const fieldOf = (schema: unknown) => {
    const { sdl } = imported(withSchema({ type: 'object', required: ['a'], properties: { a: schema } }));
    return /\ntype OneResult \{\n(?: {2}".*"\n)? {2}a: (\S+)\n/.exec(sdl)?.[1];
  };

  it.each([
    [{ type: 'string' }, 'String!'],
    [{ type: ['string', 'null'] }, 'String'],
    [{ type: 'string', nullable: true }, 'String'],
    [{ type: 'integer' }, 'Int!'],
    [{ type: 'integer', format: 'int64' }, 'BigInt!'],
    [{ type: 'integer', maximum: 4_000_000_000 }, 'BigInt!'],
    [{ type: 'integer', example: 4_000_000_000 }, 'BigInt!'],
    [{ type: 'number' }, 'Float!'],
    [{ type: ['integer', 'number'] }, 'Float!'],
    [{ type: ['string', 'integer'] }, 'JSON!'],
    [{ type: 'boolean' }, 'Boolean!'],
    [{ type: 'string', format: 'date-time' }, 'String!'],
    [{ const: 'on' }, 'OneResultA!'],
    [{ enum: ['on', 'off', null] }, 'OneResultA'],
    [{ enum: ['on', 'true'] }, 'String!'],
    [{ enum: [1, 2] }, 'Int!'],
    [{ type: 'array', items: { type: 'array', items: { type: 'number' } } }, '[[Float]]!'],
    [{ type: 'object' }, 'JSON!'],
    [{}, 'JSON!'],
    [{ oneOf: [{ type: 'null' }, { type: 'integer' }] }, 'Int'],
    [{ anyOf: [{ type: 'integer' }, { type: 'integer', format: 'int64' }] }, 'BigInt!'],
    [{ allOf: [{ type: 'string' }, { description: 'x' }] }, 'String!'],
    [{ type: 'object', properties: { only: { writeOnly: true, type: 'string' } } }, 'JSON!'],
    [{ $ref: 'https://elsewhere.example/a.yaml#/A' }, 'JSON'],
    [{ $ref: '#/components/schemas/None' }, 'JSON'],
  ])('%j is %s', (schema, type) => {
    expect(fieldOf(schema)).toBe(type);
  });

  it('is a type for each name, also for names that collide or GraphQL cannot have', () => {
    const named = { properties: { x: { type: 'string' } } };
    const schemas = { 'a.b': named, 'a-b': { properties: { y: { type: 'string' } } }, Query: named, '1st': named };
    const all = {
      type: 'object',
      properties: Object.fromEntries(
        Object.keys(schemas).map((name, index) => [`f${index}`, { $ref: `#/components/schemas/${name}` }]),
      ),
    };
    const { sdl } = imported(withSchema(all, schemas));
    expect(sdl).toMatch(/ {2}f0: AB\n {2}f1: AB_2\n {2}f2: Query_2\n {2}f3: T1st\n/);
  });

  it('gives fields of names that collide names of their own, and selects both', () => {
    const { sdl } = imported(withSchema({ properties: { 'a-b': { type: 'string' }, a_b: { type: 'integer' } } }));
    expect(sdl).toMatch(/a_b: \$\."a-b"\n\s+a_b_2: a_b\n/);
  });

  describe('of which a property tells what it is', () => {
    const kinds = {
      House: {
        type: 'object',
        properties: { kind: { type: 'string' }, rooms: { type: 'integer' }, size: { type: 'integer' } },
      },
      Tent: { type: 'object', properties: { 'the-colour': { type: 'string' }, size: { type: 'string' } } },
    };
    const either = { oneOf: [{ $ref: '#/components/schemas/House' }, { $ref: '#/components/schemas/Tent' }] };
    const told = {
      ...either,
      discriminator: { propertyName: 'kind', mapping: { house: '#/components/schemas/House', hut: 'House' } },
    };

    it('is a union, also in lists', async () => {
      const { sdl } = imported(withSchema({ properties: { homes: { type: 'array', items: told } } }, kinds));
      expect(sdl).toContain('https://specs.apollo.dev/connect/v0.4');
      expect(sdl).toMatch(/ {2}homes: \[OneResultHome\]\n[\s\S]*\nunion OneResultHome = House \| Tent\n/);
      const homes = [
        { kind: 'hut', rooms: 2, size: 9 },
        { kind: 'Tent', 'the-colour': 'red', size: 'S' },
        null,
        { kind: 'boat' },
      ];
      const adapter = await startRestAdapter(sdl, answerJson({ homes }));
      const asked =
        '{ one { homes { __typename ... on House { rooms area: size } ... on Tent { the_colour size } } } }';
      const { data, errors } = await adapter.ask(asked);
      await adapter.close();
      expect(data).toEqual({
        one: {
          homes: [
            { __typename: 'House', rooms: 2, area: 9 },
            { __typename: 'Tent', the_colour: 'red', size: 'S' },
            null,
            null,
          ],
        },
      });
      expect(errors).toMatchObject([{ path: ['one', 'homes', 3], extensions: { code: 'REST_RESPONSE_INVALID' } }]);
    });

    it('is one by itself, and composes', async () => {
      const { sdl } = imported(withSchema(told, kinds));
      expect(sdl).toMatch(/ {2}one: OneResult\n[\s\S]*\nunion OneResult = House \| Tent\n/);
      await expect(composeSubgraphs([{ name: 'homes', url: 'http://homes', sdl }])).resolves.toBeDefined();
    });

    it('may have the values at the property itself', () => {
      const a = { type: 'object', properties: { type: { const: 'A' }, x: { type: 'string' } } };
      const b = { type: 'object', properties: { type: { enum: ['B', 'b-1'] }, y: { type: 'string' } } };
      const { sdl } = imported(withSchema({ anyOf: [a, b] }));
      expect(sdl).toMatch(/type->match\(\n\s+\["A", [\s\S]*\["B", [\s\S]*\["b-1", /);
      expect(sdl).toContain('\nunion OneResult = OneResultA | OneResultB\n');
    });

    it('is one type with the fields of all where nothing tells, or too much', () => {
      expect(imported(withSchema(either, kinds)).sdl).toMatch(
        /\ntype OneResult \{\n {2}kind: String\n {2}rooms: Int\n {2}size: JSON\n {2}the_colour: String\n\}/,
      );
      const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`p${index}`, { type: 'string' }]));
      expect(imported(withSchema(told, { ...kinds, Tent: { type: 'object', properties: many } })).sdl).not.toContain(
        'union',
      );
    });
  });

  it('ends where references go in circles', () => {
    const circle = { $ref: '#/components/schemas/A' };
    expect(typeOf(circle, { A: { $ref: '#/components/schemas/B' }, B: circle })).toBe('JSON');
    expect(typeOf(circle, { A: { allOf: [circle, { properties: { x: { type: 'string' } } }] } })).toBe('A');
    expect(typeOf(circle, { A: { oneOf: [circle, { type: 'string' }] } })).toBeDefined();
  });

  it('is bounded, however much refers to each other', () => {
    const schemas = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [
        `T${index}`,
        {
          oneOf: [
            { $ref: `#/components/schemas/T${index + 1}` },
            {
              properties: {
                [`p${index}`]: { $ref: `#/components/schemas/T${index + 1}` },
                [`q${index}`]: { $ref: `#/components/schemas/T${index + 1}` },
              },
            },
          ],
        },
      ]),
    );
    const { sdl, notes } = imported(
      withSchema(
        { $ref: '#/components/schemas/T0' },
        { ...schemas, T60: { type: 'object', properties: { end: { type: 'string' } } } },
      ),
    );
    expect(sdl.length).toBeLessThan(200_000);
    expect(notes.length).toBeGreaterThan(0);
  });
});

describe('documents', () => {
  it('of Swagger 2.0 are read alike', () => {
    const { sdl } = imported({
      swagger: '2.0',
      host: 'pets.example',
      basePath: '/v1',
      schemes: ['http', 'https'],
      consumes: ['application/json'],
      produces: ['application/json'],
      paths: {
        '/pets/{id}': {
          get: {
            operationId: 'pet',
            parameters: [
              { name: 'id', in: 'path', type: 'integer', required: true },
              { name: 'tags', in: 'query', type: 'array', items: { type: 'string' }, collectionFormat: 'pipes' },
            ],
            responses: { 200: { schema: { $ref: '#/definitions/Pet' } } },
          },
          put: {
            operationId: 'save',
            parameters: [
              { name: 'id', in: 'path', type: 'integer', required: true },
              { name: 'pet', in: 'body', required: true, schema: { $ref: '#/definitions/Pet' } },
            ],
            responses: { 200: { schema: { $ref: '#/definitions/Pet' } } },
          },
          post: {
            operationId: 'note',
            consumes: ['application/x-www-form-urlencoded'],
            parameters: [
              { name: 'id', in: 'path', type: 'integer', required: true },
              { name: 'text', in: 'formData', type: 'string', required: true },
            ],
            responses: { default: { description: '' } },
          },
        },
      },
      definitions: {
        Pet: { type: 'object', properties: { id: { type: 'integer' }, name: { type: 'string', 'x-nullable': true } } },
      },
    });
    expect(sdl).toContain('baseURL: "https://pets.example/v1"');
    expect(sdl).toContain('queryParams: "tags: $args.tags->joinNotNull(\\"|\\")"');
    expect(sdl).toMatch(/note\(id: ID!, input: NoteInput!\): Boolean/);
    expect(sdl).toMatch(/save\(id: ID!, input: PetInput!\): Pet/);
    expect(sdl).toMatch(/pet\(id: ID!, tags: \[String!\]\): Pet[\s\S]*entity: true/);
  });

  it('of several files are read from their own folder, and from nowhere else', () => {
    const { write, folder } = folders();
    const path = write(
      'openapi.yaml',
      `
openapi: 3.0.0
servers: [{ url: "https://a.example" }]
paths:
  /one: { $ref: "./one.yaml" }
  /two: { get: { responses: { 200: { content: { application/json: { schema: { $ref: "../secret.yaml#/A" } } } } } } }
`,
    );
    write(
      'one.yaml',
      'get: { operationId: one, responses: { 200: { content: { application/json: { schema: { $ref: "types.json#/Thing" } } } } } }\n',
    );
    write('types.json', '{ "Thing": { "type": "object", "properties": { "a": { "type": "string" } } } }');
    const { sdl, notes } = importOpenapi(path);
    expect(sdl).toMatch(/ {2}one: Thing\n[\s\S]*type Thing \{\n {2}a: String\n\}/);
    expect(notes.map(place)).toEqual([
      expect.stringMatching(
        /getTwo Result is JSON: it (.*secret\.yaml is outside of the document's folder|cannot read)/,
      ),
    ]);
    expect(folder).not.toBe('');
  });

  it.each([
    ['nothing', '', 'holds no keys and values'],
    ['a list', '[]', 'holds no keys and values'],
    ['no OpenAPI', '{"a": 1}', 'says no version'],
    ['another version', '{"openapi": "4.0.0"}', 'is of version 4.0.0'],
    ['no operation', '{"openapi": "3.1.0"}', 'no operation can be imported; it has none'],
    ['broken YAML', 'a: [', /:1:\d+ is neither JSON nor YAML/],
    [
      'a nest',
      `{"openapi":"3.1.0","paths":{"/a":{"get":{"responses":{"200":{"content":{"application/json":{"schema":${'{"items":'.repeat(20_000)}{}${'}'.repeat(20_000)}}}}}}}}}`,
      /nested too deeply|more than 8 lists/,
    ],
  ])('that are %s are refused by name', (_what, text, message) => {
    const path = folders().write('openapi.yaml', text);
    expect(() => importOpenapi(path)).toThrow(
      expect.objectContaining({ code: 'OPENAPI_INVALID', message: expect.stringMatching(message) }),
    );
  });

  it('that are damaged anywhere are drafted or refused by name, and never wrongly', async () => {
    const { write } = folders();
    const places: (readonly string[])[] = [];
    const visit = (value: unknown, path: readonly string[]): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [key, inner] of Object.entries(value)) {
        places.push([...path, key]);
        visit(inner, [...path, key]);
      }
    };
    visit(PETS, []);
    const junk = fc.constantFrom<unknown>(
      null,
      true,
      0,
      -1.5,
      '',
      '__x',
      '#/components/schemas/Pet',
      [],
      [null],
      {},
      { $ref: '#' },
      { $ref: '#/nowhere' },
      { type: 'nope' },
      'é"\n{',
      ['object', 'null'],
    );
    await fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...places), junk), { minLength: 1, maxLength: 4 }), (changes) => {
        const document = structuredClone(PETS) as Record<string, unknown>;
        for (const [path, value] of changes) put(document, path, value);
        try {
          importOpenapi(write('openapi.json', JSON.stringify(document)));
        } catch (error) {
          if (!isHeadgateError(error, 'OPENAPI_INVALID')) throw error;
        }
      }),
      { numRuns: 100 },
    );
  });
});

function put(root: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let at: unknown = root;
  for (const key of path.slice(0, -1))
    at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined;
  if (typeof at === 'object' && at !== null)
    (at as Record<string, unknown>)[path.at(-1) ?? ''] = structuredClone(value);
}

describe('headgate rest import', () => {
  it('writes the draft and a report, again over a draft, and over nothing else', async () => {
    const { write, folder } = folders();
    const document = write('openapi.json', JSON.stringify(PETS));
    const [out, report] = [join(folder, 'pets.rest.graphql'), join(folder, 'report.json')];
    const run = (...more: string[]) => runHeadgate(['rest', 'import', document, '--out', out, ...more]);
    const first = await run('--report', report);
    expect([first.code, first.stdout]).toEqual([0, `${out} has 5 of 7 operations\n`]);
    expect(first.stderr).toMatch(/^imported 5 of 7 operations\nleft out:\n {2}PUT \/pets\/\{petId\} takes image\/png/);
    expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({ version: '3.0.3', operations: 7, imported: 5 });
    const draft = readFileSync(out, 'utf8');
    expect([(await run()).code, readFileSync(out, 'utf8')]).toEqual([0, draft]);
    expect((await runHeadgate(['rest', 'check', out])).stdout).toBe(`${out} is valid\n`);
    write('pets.rest.graphql', 'type Query { mine: Int }');
    const refused = await run();
    expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining('is no draft of rest import')]);
    expect((await run('--force')).code).toBe(0);
    expect((await runHeadgate(['rest', 'import', document])).stdout).toBe(draft);
  });

  it('takes the overrides that docs/rest.md shows', () => {
    const page = { path: 'docs/rest.md', text: readFileSync(join(packageRoot, 'docs', 'rest.md'), 'utf8') };
    const overrides = filesIn(page).get('pets.overrides.yml') ?? '';
    const properties = { id: { type: 'string' }, photoUrls: { type: 'string' }, extra: { type: 'string' } };
    const pets = { type: 'array', items: { $ref: '#/components/schemas/Pet' } };
    const ids = { name: 'ids', in: 'query', schema: { type: 'array', items: { type: 'string' } } };
    const { sdl } = imported(
      {
        openapi: '3.1.0',
        paths: {
          '/pets': { get: { ...operation(pets, { parameters: [ids] }).get, operationId: 'listPets' } },
          '/pets/{id}': {
            ...operation({ $ref: '#/components/schemas/Pet' }),
            delete: { operationId: 'deletePet', responses: {} },
          },
          '/pets/search': { post: { responses: {} } },
        },
        components: { schemas: { Pet: { type: 'object', properties } } },
      },
      overrides,
    );
    expect(sdl).toContain('\n  pets(ids: [String!]): [Animal]\n');
    expect(sdl).toMatch(
      /type Animal\n {2}@key\(fields: "id"\)\n {2}@connect\([\s\S]*\n {2}photos: String\n {2}extra: JSON\n/,
    );
  });

  it('tells what it cannot read', async () => {
    const { folder } = folders();
    const { code, stderr } = await runHeadgate(['rest', 'import', join(folder, 'none.yaml')]);
    expect([code, stderr]).toEqual([3, expect.stringContaining('error[USAGE] cannot read')]);
  });
});
