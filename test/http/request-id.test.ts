import { request as ask } from 'node:http';
import { rangesOf } from '../../gateway/addresses';
import { jsonAnswer } from '../../gateway/http/route';
import { HttpServer } from '../../gateway/http/server';
import { httpStack } from '../../gateway/pipeline';

interface Answered {
  readonly status: number;
  readonly id: string | undefined;
  readonly body: string;
}

describe('the name of a request', () => {
  const servers: HttpServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  async function listening(trusted: readonly string[]): Promise<(path: string, given?: string) => Promise<Answered>> {
    const server = new HttpServer({
      name: 'server',
      listen: { host: '127.0.0.1', port: 0 },
      portRemedy: 'none',
      way: httpStack(
        [
          { method: 'GET', path: '/name', handle: ({ id }) => jsonAnswer(200, id) },
          { method: 'GET', path: '/told', handle: () => jsonAnswer(200, null, { 'x-request-id': 'theirs' }) },
          {
            method: 'GET',
            path: '/crash',
            handle: () => {
              throw new Error('a defect');
            },
          },
        ],
        null,
        trusted,
      ),
      requestBytesMax: 1_000,
      requestTimeoutMs: 60_000,
    });
    servers.push(server);
    const { port } = await server.listen();
    return (path, given) =>
      new Promise((resolve, reject) => {
        const headers = given === undefined ? {} : { 'x-request-id': given };
        ask({ host: '127.0.0.1', port, path, headers }, (response) => {
          let body = '';
          response.on('data', (chunk) => {
            body += chunk;
          });
          const { statusCode = 0, headers: received } = response;
          response.on('end', () => resolve({ status: statusCode, id: received['x-request-id']?.toString(), body }));
        })
          .on('error', reject)
          .end();
      });
  }

  it('is made anew for each, and is in every answer', async () => {
    const get = await listening([]);
    const answers = [await get('/name'), await get('/name', 'mine'), await get('/nowhere'), await get('/crash')];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 500]);
    expect(answers[0]?.body).toBe(JSON.stringify(answers[0]?.id));
    const ids = answers.map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id).toMatch(/^[\w-]+$/);
    expect(ids).not.toContain('mine');
  });

  it('is that of a proxy which is trusted', async () => {
    const get = await listening(['10.0.0.0/8', '127.0.0.0/8']);
    expect(await get('/name', 'of-the-proxy/1:2')).toMatchObject({
      id: 'of-the-proxy/1:2',
      body: '"of-the-proxy/1:2"',
    });
  });

  it('gives way to one that a plugin or a header rule has put into the answer', async () => {
    const get = await listening([]);
    expect((await get('/told')).id).toBe('theirs');
  });

  it.each(['::ffff:10.1.2.3', '10.1.2.3'])('is trusted by the address, however it is written: %s', (address) => {
    expect(rangesOf(['10.0.0.0/8'])(address)).toBe(true);
  });

  it.each(['2002:0a01:0203::1', '64:ff9b::0a01:203', '11.0.0.1', 'none', ''])(
    'is not trusted from what only has such an address in it: %s',
    (address) => {
      expect(rangesOf(['10.0.0.0/8'])(address)).toBe(false);
    },
  );

  it('is not that of somebody else', async () => {
    const get = await listening(['10.0.0.0/8']);
    expect((await get('/name', 'forged')).id).not.toBe('forged');
  });

  it.each(['with space', '"quoted"', 'x'.repeat(129), ''])(
    'is made anew where it does not fit a log line: %j',
    async (given) => {
      const get = await listening(['127.0.0.1']);
      const { id } = await get('/name', given);
      expect(id).toMatch(/^[\w-]{5,40}$/);
      expect(id).not.toBe(given);
    },
  );
});
