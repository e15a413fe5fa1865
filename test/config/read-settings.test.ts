// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of headgate.yaml look like that
import type { Problem } from '../../gateway/config/problem';
import { readSettings } from '../../gateway/config/read-settings';
import { HeadgateError } from '../../gateway/errors';

function read(text: string, env: NodeJS.ProcessEnv = {}) {
  return readSettings('headgate.yaml', text, { folder: '/nowhere', env, adjust: (settings) => settings });
}

function refusal(text: string, env: NodeJS.ProcessEnv = {}): HeadgateError {
  try {
    read(text, env);
  } catch (error) {
    if (error instanceof HeadgateError) return error;
    throw error;
  }
  throw new Error(`accepted:\n${text}`);
}

function problems(text: string, env: NodeJS.ProcessEnv = {}): Problem[] {
  // configError puts them there.
  return refusal(text, env).details?.problems as Problem[];
}

describe('readSettings', () => {
  it('names an unknown key, its line and the nearest known one', () => {
    expect(problems('server:\n  path: /graphql\n  lisen: 4000\n')).toEqual([
      { path: 'server.lisen', line: 3, column: 3, message: 'unknown key; did you mean listen?', nearest: 'listen' },
    ]);
  });

  it('lists the known keys when none resembles the unknown one', () => {
    expect(problems('log: { completely_else: 1 }')[0]?.message).toBe('unknown key; known here: level, format');
  });

  it('prints file, line, column and key of each problem', () => {
    expect(refusal('planning:\n  deadline: 5\n').message).toBe(
      'headgate.yaml:2:13 planning.deadline: expected a duration such as 250ms, 5s, 1m or 1h, found 5; add a unit, e.g. 5s or 5ms',
    );
  });

  it('reports every problem at once, in the order of the lines', () => {
    const text = `
traffic_shaping:
  all:
    retry: { on: [conect] }
admin: { listen: "0.0.0.0:4400" }
planing: {}
subgraphs:
  products:
    url: nowhere
    instances: [{ url: "http://127.0.0.1", weight: -1 }]
headers:
  all: { request: [{ insert: { name: host, value: x } }] }
`;
    expect(problems(text).map(({ line, path }) => [line, path])).toEqual([
      [4, 'traffic_shaping.all.retry.on.0'],
      [5, 'admin.token'],
      [6, 'planing'],
      [9, 'subgraphs.products.url'],
      [9, 'subgraphs.products.url'],
      [10, 'subgraphs.products.instances.0.weight'],
      [12, 'headers.all.request.0.insert.name'],
    ]);
  });

  it.each([
    ['a syntax error', 'server: { listen: 4000\nadmin: false', 2],
    ['a key that is there twice', 'server: {}\nlog: {}\nserver: {}', 3],
    ['a tag', 'log:\n  level: !env LEVEL', 2],
    ['a second document', 'log: {}\n---\nlog: {}', 2],
  ])('gives the line of %s', (_, text, line) => {
    expect(problems(text)[0]?.line).toBe(line);
  });

  it('refuses aliases that unfold without end', () => {
    const levels = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i}, `.repeat(9)}*l${i}]`);
    expect(problems(['l0: &l0 [a, a, a]', ...levels].join('\n'))[0]?.message).toBe(
      'aliases repeat more than 100 values',
    );
  });

  it('takes aliases that people write', () => {
    const { settings } = read('planning: { deadline: &time 3s }\ntraffic_shaping: { all: { timeout: *time } }');
    expect(settings.traffic_shaping.all.timeout).toBe(3000);
  });

  it('is content with an empty file', () => {
    expect(read('# nothing\n').settings.server.path).toBe('/graphql');
  });

  it.each([
    ['- a\n- b', '', 'expected keys and values, found a list'],
    ['log:', 'log', 'expected keys and values, found nothing'],
    [
      'log: { level: wran }',
      'log.level',
      'expected one of silent, error, warn, info, debug, found "wran"; did you mean warn?',
    ],
    ['graphiql: { enabled: "yes" }', 'graphiql.enabled', 'expected true or false, found "yes"'],
    ['admin: true', 'admin', 'expected the keys of the admin listener, or false to switch it off, found true'],
    ['limits: { max_depth: 0 }', 'limits.max_depth', 'must be at least 1'],
    [
      'limits: { request_bytes: 5 }',
      'limits.request_bytes',
      'expected a size such as 1MB, 512KB or 64KiB, found 5; add a unit, e.g. 5B',
    ],
    ['server: { path: /health/live }', 'server.path', 'paths under /health are taken by the health checks'],
    ['server: { workers: many }', 'server.workers', 'expected a number of processes or auto, found "many"'],
    [
      'traffic_shaping: { all: { load_balancing: { panic_threshold: 0.5 } } }',
      'traffic_shaping.all.load_balancing.panic_threshold',
      'expected a percentage from 0% to 100%, found 0.5',
    ],
    [
      'traffic_shaping: { all: { health_check: { path: /h, graphql: true } } }',
      'traffic_shaping.all.health_check.path',
      'graphql and path exclude each other; keep one',
    ],
    [
      'traffic_shaping: { all: { tls: { cert: /etc/cert.pem } } }',
      'traffic_shaping.all.tls.cert',
      'expected PEM text; read a file with ${file.path}',
    ],
    [
      'subgraphs: { "no spaces": {} }',
      'subgraphs.no spaces',
      'name not allowed: expected a letter, then up to 63 letters, digits, - and _',
    ],
  ])('explains %s', (text, path, message) => {
    expect(problems(text)[0]).toMatchObject({ path, message });
  });

  it('takes numbers and switches from the environment', () => {
    const text =
      'server: { workers: "${env.W}" }\nlimits: { max_depth: "${env.D}" }\ngraphiql: { enabled: "${env.G}" }';
    expect(read(text, { W: '3', D: '7', G: 'false' }).settings).toMatchObject({
      server: { workers: 3 },
      limits: { max_depth: 7 },
      graphiql: { enabled: false },
    });
  });

  it('leaves text that looks like a number text', () => {
    expect(read('admin: { token: "${env.T}" }', { T: '12345' }).settings.admin).toMatchObject({ token: '12345' });
  });

  it('refuses a number in quotes that is written in the file', () => {
    expect(problems('limits: { max_depth: "7" }')[0]?.message).toBe(
      'expected a number, or a value and a mode, found "7"',
    );
  });

  it('names variable, key and line of what is not set', () => {
    expect(problems('admin:\n  token: ${env.NOPE}')).toEqual([
      {
        path: 'admin.token',
        line: 2,
        column: 10,
        message: 'environment variable NOPE is not set; set it or write ${env.NOPE:-default}',
      },
    ]);
  });
});
