import { configFolders } from '../fixtures/config-folder';
import { type HeadgateProcess, runHeadgate, startHeadgate } from '../fixtures/headgate-process';
import { adapterSdl } from '../fixtures/rest-adapter';

/** The misspelt argument is on line 9, column 15 of the text. */
const WRONG = adapterSdl(`type Query {
  user(id: ID!): User @connect(source: "api",
    http: {
      GET: "/{$args.di}"
    }, selection: "id")
}
type User { id: ID }`);
const PLACE = '9:15 ARGUMENT_UNKNOWN Query.user: `$args.di`: there is no `di`: did you mean `id`?';

const KEYLESS = adapterSdl(`type Query { user: User @connect(source: "api", http: { GET: "/" }, selection: "id") }
type User @connect(source: "api", http: { GET: "/users/{$this.id}" }, selection: "id name") { id: ID name: String }`);
const WARNING = 'KEY_MISSING User: @connect on a type without @key';

const folders = configFolders();
const CONFIG = 'server: { listen: 127.0.0.1:0 }\nsubgraphs: { users: { rest: ./users.rest.graphql } }\n';

describe('what is wrong with an adapter is told by lines of its own file', () => {
  it('by rest check, with warnings that fail nothing', async () => {
    const { write } = folders();
    const wrong = write('wrong.rest.graphql', WRONG);
    const { code, stderr } = await runHeadgate(['rest', 'check', wrong]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(`${wrong}:${PLACE}`) });
    const keyless = write('keyless.rest.graphql', KEYLESS);
    const warned = await runHeadgate(['rest', 'check', keyless]);
    expect(warned).toMatchObject({ code: 0, stderr: expect.stringContaining(`warning: ${keyless}:7:11 ${WARNING}`) });
  });

  it('by validate, at the start, and at a reload', async () => {
    const { write } = folders();
    const file = write('users.rest.graphql', WRONG);
    const config = write('headgate.yaml', CONFIG);
    for (const command of ['validate', 'serve']) {
      const { code, stderr } = await runHeadgate([command, '--config', config]);
      expect(code).not.toBe(0);
      expect(stderr).toContain(`${file}:${PLACE}`);
    }
    write('users.rest.graphql', KEYLESS);
    const validated = await runHeadgate(['validate', '--config', config]);
    expect(validated).toMatchObject({ code: 0, stderr: expect.stringContaining(`warning: ${file}:7:11 ${WARNING}`) });
    const gateway = await startHeadgate(['serve', '--config', config]);
    await gateway.logged(`${file}:7:11 ${WARNING}`);
    write('users.rest.graphql', WRONG);
    await gateway.logged(`${file}:${PLACE}`);
    expect(await gateway.stop()).toBe(0);
  });

  it('by publish', async () => {
    const { write } = folders();
    const config = write(
      'headgate.yaml',
      'server: { listen: 127.0.0.1:0 }\nsupergraph: { source: registry }\nregistry: { directory: ./registry }\n',
    );
    const gateway: HeadgateProcess = await startHeadgate(['serve', '--config', config]);
    const publish = (file: string) =>
      runHeadgate(
        ['subgraph', 'publish', 'users', '--schema', file, '--url', 'http://127.0.0.1:9', '--format', 'json'],
        {
          env: { HEADGATE_ADMIN_URL: gateway.admin },
        },
      );
    const wrong = await publish(write('wrong.rest.graphql', WRONG));
    expect({ code: wrong.code, stderr: wrong.stderr }).toEqual({ code: 1, stderr: expect.stringContaining(PLACE) });
    const keyless = await publish(write('keyless.rest.graphql', KEYLESS));
    expect(keyless).toMatchObject({ code: 0 });
    expect(keyless.stdout + keyless.stderr).toContain(WARNING);
    expect(await gateway.stop()).toBe(0);
  });
});
