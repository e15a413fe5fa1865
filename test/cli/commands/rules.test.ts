import { configFolders } from '../../fixtures/config-folder';
import { runHeadgate } from '../../fixtures/headgate-process';

const CONFIG = `
subgraphs:
  products: { schema: { file: ./p.graphql }, url: "http://127.0.0.1:4001/" }
  reviews: { schema: { file: ./p.graphql }, url: "http://127.0.0.1:4002/" }
routing:
  - { name: testers, subgraphs: [products], when: 'request.headers["x-canary"] == "1"', instances: { tags: { version: v2 } } }
  - { name: five, subgraphs: [products], percent: 5, instances: { tags: { version: v2, provider: aws } } }
  - { name: half, subgraphs: [reviews], percent: 50, sticky: "request.auth.claims.sub", instances: { tags: { version: v2 } } }
  - { name: shadow, subgraphs: [products], when: 'operation.type == "query"', mirror: { tags: { version: v3 } } }
headers:
  all:
    request:
      - propagate: { matching: "^x-" }
      - insert: { name: x-user, expression: request.auth.claims.sub }
authorization: { policies: { staff: '"staff" in request.auth.scopes' } }
rate_limit: { policies: [ { name: anonymous, when: 'request.auth.type == "anonymous"', rate: 5 }, { name: each, rate: 100 } ] }
`;

describe('headgate rules test', () => {
  const configFolder = configFolders();

  function run(cases: string, ...args: string[]) {
    const { write } = configFolder();
    write('p.graphql', 'type Query { a: Int }');
    write('gateway.yaml', CONFIG);
    const path = write('cases.yaml', `config: ./gateway.yaml\ncases:\n${cases}`);
    return runHeadgate(['rules', 'test', path, ...args]).then((result) => ({ ...result, path }));
  }

  it('passes where everything is as expected', async () => {
    const { code, stdout, stderr } = await run(`
  - name: testers
    request: { headers: { X-Canary: "1", x-user: root }, claims: { sub: anna }, scopes: [staff] }
    subgraph: products
    expect: { rule: testers, tags: { version: v2 }, mirror: shadow, headers: { x-user: anna, X-Canary: "1", x-none: null }, policies: { staff: true }, rate_limits: [each] }
  - name: nobody
    operation: { type: mutation }
    subgraph: products
    expect: { rule: null, tags: null, mirror: null, headers: { x-user: null }, policies: { staff: false }, rate_limits: [each, anonymous] }
  - { name: drawn, draw: 4.9, subgraph: products, expect: { rule: five, tags: { provider: aws, version: v2 } } }
  - { name: not drawn, draw: 5, subgraph: products, expect: { rule: null } }
  - { name: always the same, request: { claims: { sub: bert } }, subgraph: reviews, expect: { rule: half } }
  - { name: no subgraph, expect: { policies: { staff: false } } }
`);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout:
        'ok    testers\nok    nobody\nok    drawn\nok    not drawn\nok    always the same\nok    no subgraph\n6 passed, 0 failed\n',
      stderr: '',
    });
  });

  it('shows what differs, and exits with 1', async () => {
    const cases = `
  - name: wrong
    request: { headers: { x-a: "1" } }
    subgraph: products
    expect: { rule: testers, tags: { version: v2 }, headers: { x-a: "2", x-b: "1" }, policies: { staf: true }, rate_limits: [] }
`;
    const { code, stdout } = await run(cases);
    expect(code).toBe(1);
    expect(stdout).toBe(`FAIL  wrong
      rate_limits
      - none
      + anonymous, each
      policies.staf
      - true
      + not in the configuration
      rule
      - testers
      + none
      tags
      - version=v2
      + any
      headers.x-a
      - "2"
      + "1"
      headers.x-b
      - "1"
      + not sent
0 passed, 1 failed
`);
    const { stdout: json } = await run(cases, '--format', 'json');
    expect(JSON.parse(json).data).toMatchObject({ passed: 0, failed: 1, cases: [{ name: 'wrong' }] });
  });

  it.each([
    [
      '  - { name: a, subgraph: product, expect: { rule: null } }',
      3,
      /a: there is no subgraph product; did you mean products\?/,
    ],
    ['  - { name: a, expect: { rule: null } }', 3, /cases.yaml:3:\d+ cases.0.subgraph: name the subgraph/],
    ['  - { name: a, expect: {} }', 3, /cases.yaml:3:24 cases.0.expect: expects nothing/],
    ['  - { name: a, expects: {} }', 3, /cases.yaml:3:\d+ cases.0.expects: unknown key/],
    ['  - { name: a, subgraph: products, draw: 100, expect: { rule: a } }', 3, /cases.0.draw: must be less than 100/],
  ])('refuses %s', async (cases, exit, message) => {
    const { code, stderr } = await run(cases);
    expect(stderr).toMatch(message);
    expect(code).toBe(exit);
  });
});
