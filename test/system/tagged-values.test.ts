import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Canaries, filesBelow } from '../fixtures/canaries';
import { ask, type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { type ReceivedRequest, type ScriptedServer, startScriptedServer } from '../fixtures/scripted-server';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const LINK = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.11", import: ["@key", "@external", "@requires", { name: "@tag", as: "@mark" }])`;

const PEOPLE = `${LINK}
type Query {
  person(email: String @mark(name: "pii"), like: Like, plain: String): Person
}
type Person @key(fields: "id") {
  id: ID! mail: String @mark(name: "pii") number: Ssn home: Address pets: [String] @mark(name: "pets")
}
input Like { phone: String @mark(name: "pii") word: String }
scalar Ssn @mark(name: "pii")
type Address @mark(name: "pii") { street: String }`;

const LETTERS = `${LINK}
type Person @key(fields: "id") { id: ID! mail: String @external letter: String @requires(fields: "mail") }`;

const canaries = new Canaries();
const of = (slot: string) => canaries.of(slot);

const QUERY = `query Q ($email: String, $like: Like, $plain: String) {
  person(email: $email, like: $like, plain: $plain) { contact: mail number home { way: street } pets letter }
  other: person(email: "${of('tagged literal')}", like: { phone: "${of('tagged input literal')}", word: "${of('literal')}" }) { id }
}`;
const VARIABLES = {
  email: of('tagged variable'),
  like: { phone: of('tagged input field'), word: of('input field') },
  plain: of('variable'),
};
const PERSON = () => ({
  __typename: 'Person',
  id: '1',
  contact: of('tagged field'),
  mail: of('tagged field'),
  number: of('field of a tagged scalar'),
  home: { way: of('field of a tagged type') },
  pets: [of('field of another tag')],
});

const DATA = { person: PERSON(), other: null };

/** Answers, and says in an error all that it was sent and answers. */
const tellsAll =
  (data: (request: ReceivedRequest) => unknown) =>
  (request: ReceivedRequest, response: Parameters<NonNullable<ScriptedServer['script']>>[1]): void => {
    const answered = data(request);
    const message = `it was ${request.body}, and it is ${JSON.stringify(answered)}`;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ data: answered, errors: [{ message, extensions: { code: message } }] }));
  };

describe('values of what has a tag', () => {
  const directory = temporaryDirectories();
  let folder: string;
  let people: ScriptedServer;
  let letters: ScriptedServer;
  let headgate: HeadgateProcess;

  beforeAll(async () => {
    folder = directory();
    [people, letters] = await Promise.all([
      startScriptedServer(tellsAll(() => DATA)),
      startScriptedServer(tellsAll(() => ({ _entities: [{ letter: null }] }))),
    ]);
    writeFileSync(join(folder, 'people.graphql'), PEOPLE);
    writeFileSync(join(folder, 'letters.graphql'), LETTERS);
    writeFileSync(join(folder, 'manifest.json'), '{}');
    writeFileSync(
      join(folder, 'headgate.yaml'),
      `server: { listen: "127.0.0.1:0" }
admin: { listen: "127.0.0.1:0" }
supergraph: { source: subgraphs }
subgraphs:
  people: { schema: { file: ./people.graphql }, url: "${people.url}" }
  letters: { schema: { file: ./letters.graphql }, url: "${letters.url}" }
traffic_shaping: { all: { retry: { max_attempts: 1 }, health_check: false } }
log: { level: debug }
persisted_documents: { manifests: [ ./manifest.json ], log_unknown: true }
planning: { deadline: 1m }
audit: { path: ./.headgate/audit.jsonl }
telemetry: { logs: { redact: [ { tag: pii }, { tag: pi } ] } }
`,
    );
    headgate = await startHeadgate(['serve'], { cwd: folder });
  });
  afterAll(async () => {
    await headgate?.stop();
    await Promise.all([people?.kill(), letters?.kill()]);
  });

  it('are nowhere but in requests and answers, whatever subgraphs say of them', async () => {
    const { body } = await ask(headgate.graphql, QUERY, VARIABLES);
    expect(body.data).toMatchObject({ person: { contact: of('tagged field'), letter: null } });
    await headgate.logged('"event":"subgraph.errors.withheld"', '"letters"');
    await headgate.logged('"event":"persisted.unknown"');
    const received = JSON.stringify([people.received, letters.received]);
    expect(canaries.in(received)).toEqual(
      expect.arrayContaining(['tagged variable', 'tagged literal', 'tagged input field', 'tagged field']),
    );

    const log = headgate.lines('').join('\n');
    const metrics = await (await fetch(new URL('/metrics', headgate.admin))).text();
    const files = [...filesBelow(join(folder, '.headgate')).values()].join('\n');
    const told = (text: string) => canaries.in(text).filter((slot) => slot.includes('tagged'));
    expect([told(log), told(metrics), told(files)]).toEqual([[], [], []]);
    // What has no such tag is told.
    expect(canaries.in(log)).toEqual(['field of another tag', 'input field', 'literal', 'variable'].sort());
    expect(canaries.in(headgate.lines('"event":"persisted.unknown"').join())).toEqual([]);
  });

  it('that nothing has are told of', async () => {
    expect(await headgate.logged('"event":"redaction.tags.missing"')).toContain('"tags":["pi"]');
  });
});
