import { ask } from '../fixtures/headgate-process';
import { type PressedGateway, startPressedGateway } from '../fixtures/pressure/gateway';
import { fanOut } from '../fixtures/pressure/subgraphs';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const OBJECTS = 5_000;
const BYTES = 1_500_000;
/** Half of what is allowed, and more than one turn of the loop completes. */
const ROWS = 2_500;

describe('answers that would be too large', () => {
  const directory = temporaryDirectories();
  let gateway: PressedGateway;

  beforeAll(async () => {
    const limits = `limits: { max_answer_objects: ${OBJECTS}, answer_bytes: ${BYTES}B }`;
    gateway = await startPressedGateway(directory(), limits);
  });

  afterAll(() => gateway?.stop());

  const tooLarge = (limit: string, max: number) => ({
    status: 200,
    body: {
      data: null,
      errors: [expect.objectContaining({ extensions: { code: 'ANSWER_TOO_LARGE', limit, max } })],
    },
  });

  it.each([5, 7, 16])('are refused where each level multiplies the one above, %i levels deep', async (levels) => {
    gateway.subgraphs.seen.largestAnswer = 0;
    expect(await ask(gateway.headgate.graphql, fanOut(levels))).toEqual(tooLarge('max_answer_objects', OBJECTS));
    expect(gateway.subgraphs.seen.largestAnswer).toBeLessThan(2_000);
  });

  it('are refused before the subgraphs are asked for what they would need', async () => {
    gateway.subgraphs.seen.requests = 0;
    await ask(gateway.headgate.graphql, fanOut(16));
    // Three waves of the two subgraphs, of 32.
    expect(gateway.subgraphs.seen.requests).toBeLessThan(12);
  });

  it('are refused by their bytes, wherever those come from', async () => {
    const refused = tooLarge('answer_bytes', BYTES);
    const blobs = Array.from({ length: 20 }, (_, at) => `a${at}: blob(bytes: 100000)`);
    expect(await ask(gateway.headgate.graphql, `{ ${blobs.join(' ')} }`)).toEqual(refused);
    expect(await ask(gateway.headgate.graphql, `{ rows(count: 1000) { ${'k'.repeat(2_000)}: id } }`)).toEqual(refused);
  });

  it('come through when they hold one long text and are not too large', async () => {
    const { status, body } = await ask(gateway.headgate.graphql, '{ blob(bytes: 1200000) }');
    expect([status, body]).toEqual([200, { data: { blob: 'b'.repeat(1_200_000) } }]);
  });

  it('are refused the next time, too', async () => {
    const query = '{ rows(count: 5001) { id } }';
    for (let time = 0; time < 3; time++)
      expect(await ask(gateway.headgate.graphql, query)).toEqual(tooLarge('max_answer_objects', OBJECTS));
  });

  it('are counted', async () => {
    const exceeded = await gateway.metric('headgate_limits_exceeded_total');
    expect(exceeded.get('limit="max_answer_objects",mode="enforce"')).toBeGreaterThan(5);
    expect(exceeded.get('limit="answer_bytes",mode="enforce"')).toBe(2);
  });

  it('are whole below the limits, however many turns they take', async () => {
    const query = `{ rows(count: ${ROWS}) { id ${'l'.repeat(400)}: text more } }`;
    const row = (_: unknown, at: number) => ({ id: `row ${at}`, ['l'.repeat(400)]: 'x'.repeat(20), more: null });
    const rows = Array.from({ length: ROWS }, row);
    for (let time = 0; time < 3; time++)
      expect(await ask(gateway.headgate.graphql, query)).toEqual({ status: 200, body: { data: { rows } } });
    const { body } = await ask(gateway.headgate.graphql, fanOut(3));
    const { me } = body.data as { me: { friends: { posts: unknown[] }[] } };
    expect(me.friends[0]?.posts).toHaveLength(10);
    expect(JSON.stringify(body).match(/"id":"me"/g)).toHaveLength(1_000);
  });
});
