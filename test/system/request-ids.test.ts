import { writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { type LiveSubgraph, startLiveSubgraph } from '../fixtures/live-subgraph';
import { temporaryDirectories } from '../fixtures/temporary-directory';

describe('the id of a request', () => {
  const directory = temporaryDirectories();
  let service: LiveSubgraph;
  let headgate: HeadgateProcess;

  beforeAll(async () => {
    const sdl = 'type Query { hello: String }';
    let asked = 0;
    const hello = (_parent: unknown, _given: unknown, { response }: { response: ServerResponse }) => {
      asked += 1;
      if (asked === 1) response.statusCode = 503;
      return 'hello';
    };
    service = await startLiveSubgraph('greeting', { sdl, resolvers: { Query: { hello } } });
    const folder = directory();
    writeFileSync(join(folder, 'greeting.graphql'), sdl);
    writeFileSync(
      join(folder, 'headgate.yaml'),
      `server: { listen: "127.0.0.1:0" }
supergraph: { source: subgraphs, checkpoint: false }
log: { level: debug }
subgraphs:
  greeting:
    schema: { file: ./greeting.graphql }
    url: "${service.url}"
`,
    );
    headgate = await startHeadgate(['serve'], { cwd: folder });
  });
  afterAll(async () => {
    await headgate.stop();
    await service.close();
  });

  it('joins the answer with every attempt that was made for it', async () => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ query: '{ hello }' });
    const answer = await fetch(headgate.graphql, { method: 'POST', headers, body });
    expect(await answer.json()).toEqual({ data: { hello: 'hello' } });
    const id = `"id":"${answer.headers.get('x-request-id')}"`;
    await headgate.logged('"event":"request"', id);
    const attempts = headgate.lines('"event":"attempt.finished"', id).map((line) => JSON.parse(line));
    expect(attempts.map(({ attempt, code }) => [attempt, code])).toEqual([
      [1, '503'],
      [2, null],
    ]);
  });

  it('joins a refusal in front of GraphQL with its line', async () => {
    const response = await fetch(new URL('/nowhere', headgate.graphql));
    const line = await headgate.logged('"event":"request.refused"', `"id":"${response.headers.get('x-request-id')}"`);
    expect(JSON.parse(line)).toMatchObject({
      level: 30,
      method: 'GET',
      path: '/nowhere',
      status: 404,
      code: 'NOT_FOUND',
      msg: 'GET /nowhere 404 NOT_FOUND',
    });
  });
});
