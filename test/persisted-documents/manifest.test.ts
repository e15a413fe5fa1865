import { contradiction, Documents } from '../../gateway/persisted-documents/documents';
import { ManifestError, readManifest } from '../../gateway/persisted-documents/manifest';
import type { ManifestDocument } from '../../gateway/persisted-documents/options';

const APOLLO = {
  format: 'apollo-persisted-query-manifest',
  version: 1,
  operations: [
    { id: 'a1', name: 'A', type: 'query', body: 'query A { a }' },
    { id: 'b1', name: 'B', type: 'query', body: 'query B { b }', clientName: 'ios' },
  ],
};

const NOBODY = { name: undefined, version: undefined };

function document(id: string, text: string, more: Partial<ManifestDocument> = {}): ManifestDocument {
  return { id, text, clientName: null, app: null, ...more };
}

function errorOf(manifest: unknown): string {
  try {
    readManifest(typeof manifest === 'string' ? manifest : JSON.stringify(manifest));
  } catch (error) {
    if (error instanceof ManifestError) return `${error.place}: ${error.message}`;
    throw error;
  }
  throw new Error('it was read');
}

describe('a manifest', () => {
  it('of Apollo has operations, some of them for one client', () => {
    expect(readManifest(JSON.stringify(APOLLO))).toEqual([
      document('a1', 'query A { a }'),
      document('b1', 'query B { b }', { clientName: 'ios' }),
    ]);
  });

  it('of Relay is an object of ids and texts, whatever the ids are called', () => {
    const text = '{"0fa2":"query A { a }","__proto__":"query B { b }","constructor":"{ c }"}';
    const documents = new Documents(readManifest(text));
    expect(documents.find('0fa2', NOBODY)?.text).toBe('query A { a }');
    expect(documents.find('__proto__', NOBODY)?.text).toBe('query B { b }');
    expect(documents.find('constructor', NOBODY)?.text).toBe('{ c }');
    expect(documents.find('toString', NOBODY)).toBeNull();
  });

  it.each([
    ['{', /^: is not JSON: /],
    [[], /^: expected an Apollo manifest .* or an object/],
    [{ ...APOLLO, format: 'other' }, /^format: is not known/],
    [{ ...APOLLO, version: 2 }, /^version: is not known; expected 1/],
    [{ ...APOLLO, operations: {} }, /^operations: must be a list/],
    [{ operations: [{ id: 'x', body: '' }] }, /^operations\[0\]\.body: must be the text of a GraphQL document/],
    [{ operations: [APOLLO.operations[0], { body: '{ a }' }] }, /^operations\[1\]\.id: must be an id/],
    [{ operations: [{ id: 'x', body: '{ a }', clientName: 1 }] }, /^operations\[0\]\.clientName: must be a string/],
    [{ operations: [null] }, /^operations\[0\]: must be an object/],
    [{ one: 1 }, /^one: must be the text of a GraphQL document/],
    [{ ['x'.repeat(1_025)]: '{ a }' }, /must be an id of 1 to 1024 characters$/],
  ])('that is wrong is refused with the place: %j', (manifest, message) => {
    expect(errorOf(manifest)).toMatch(message);
  });
});

describe('documents', () => {
  it('are found by an id with the prefix of the draft, and without it', () => {
    const documents = new Documents([document('0fa2', '{ a }'), document('sha256:0fb3', '{ b }')]);
    expect(documents.find('sha256:0fa2', NOBODY)?.text).toBe('{ a }');
    expect(documents.find('sha256:0fb3', NOBODY)?.text).toBe('{ b }');
    expect(documents.find('0fb3', NOBODY)).toBeNull();
  });

  it('of one client are found by it only, before one of the same id that is for each', () => {
    const documents = new Documents([document('1', '{ a }'), document('1', '{ b }', { clientName: 'ios' })]);
    expect(documents.find('1', NOBODY)?.text).toBe('{ a }');
    expect(documents.find('1', { name: 'android', version: '1' })?.text).toBe('{ a }');
    expect(documents.find('1', { name: 'ios', version: undefined })?.text).toBe('{ b }');
    const others = new Documents([document('2', '{ b }', { clientName: 'ios' })]);
    expect(others.find('2', NOBODY)).toBeNull();
    expect(others.find('3:ios1:2', NOBODY)).toBeNull();
  });

  it('of an app are found by its name and version, in the id or beside it', () => {
    const app = { name: 'shop', version: '2.1' };
    const documents = new Documents([document('0fa2', '{ a }', { app })]);
    expect(documents.find('shop~2.1~0fa2', NOBODY)?.text).toBe('{ a }');
    expect(documents.find('0fa2', { name: 'shop', version: '2.1' })?.text).toBe('{ a }');
    expect(documents.find('0fa2', { name: 'shop', version: '2.0' })).toBeNull();
    expect(documents.find('0fa2', NOBODY)).toBeNull();
  });

  it('are compared byte for byte', () => {
    const documents = new Documents([document('1', '{ a }')]);
    expect(documents.withText('{ a }')?.id).toBe('1');
    expect(documents.withText('{ a  }')).toBeNull();
  });

  it('contradict each other where one id stands for two texts', () => {
    const [one, two] = [document('1', '{ a }'), document('1', '{ b }')];
    expect(contradiction([one, document('2', '{ b }'), two])).toEqual([0, 2]);
    expect(contradiction([one, { ...one }])).toBeNull();
    expect(contradiction([one, { ...two, clientName: 'ios' }])).toBeNull();
    expect(contradiction([one, { ...two, app: { name: 'shop', version: '1' } }])).toBeNull();
  });
});
