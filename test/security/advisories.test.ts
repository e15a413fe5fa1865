import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../gateway/config/load';
import { packageRoot } from '../../gateway/package-root';
import { configFolders } from '../fixtures/config-folder';

type Place = readonly [file: string, says: string];

/** What others were advised of, and the test of ours that would find it here: a file of test/ and words in it. */
const COVERED: Readonly<Record<string, readonly Place[]>> = {
  'CVE-2024-43414: a planner that recurses without end': [
    ['planning/apollo/planner.test.ts', 'planBomb'],
    ['system/hostile.test.ts', 'hostileRequests'],
  ],
  'CVE-2025-32030: fragments spread in fragments': [
    ['security/limits.test.ts', 'expand doubled fragments without walking them'],
    ['fixtures/hostile/requests.ts', 'doubled fragments, plain'],
  ],
  'CVE-2025-32031: the same past an optimisation': [['fixtures/hostile/requests.ts', 'doubled fragments, shareable']],
  'CVE-2025-32032, -32033, -32034, -32380: counts that overflow': [
    ['security/limits.test.ts', 'survive a chain of a thousand fragments'],
  ],
  'CVE-2025-31496: validation of a fragment at each of its spreads': [
    ['fixtures/hostile/requests.ts', 'doubled fragments, plain'],
  ],
  'CVE-2026-32621: aliases, variables and answers named as members of objects': [
    ['system/names-of-javascript.test.ts', 'may be operations, fragments and keys'],
    ['execution/hostile-answers.test.ts', 'with keys of Object.prototype changes nothing'],
    ['json/parse.test.ts', '__proto__'],
    ['registry/registry.test.ts', '__proto__'],
  ],
  'GHSA-hff2-gcpx-8f4p, GHSA-9q82-xgwf-vj6h: GET with a media type that a page may send': [
    ['system/browsers.test.ts', 'gets answers by GET'],
  ],
  'CVE-2026-23897: charsets that nobody expects': [['http/body.test.ts', 'is refused in charset %s']],
  'GHSA-j5g3-5c8r-7qfx: a key in the log when it is no value of a header': [
    ['system/canary.test.ts', 'a header that HTTP cannot carry'],
  ],
  'CVE-2024-28101: a limit on what is compressed': [
    ['fixtures/hostile/requests.ts', 'gzip bomb of 200 MB'],
    ['http/body.test.ts', 'is refused with content-encoding %s'],
  ],
  'CVE-2024-32971: one key for two plans': [
    ['key.test.ts', 'is equal for equal parts only'],
    ['planning/cache.test.ts', 'tells operations apart by text and by name'],
  ],
  'CVE-2023-41317, CVE-2023-45812: a subscription ends the process': [
    ['system/unserved-operations.test.ts', 'subscriptions are refused in each form that clients ask for them'],
  ],
  'CVE-2024-43783: a body without end, on its way elsewhere': [
    ['http/body.test.ts', 'is refused when it outgrows the limit without announcing its length'],
  ],
  'CVE-2023-26144: fields that overlap': [
    ['security/overlaps.test.ts', 'ends above the maximum'],
    ['fixtures/hostile/requests.ts', 'overlapping fields'],
  ],
  'CVE-2022-37734: directives without end': [
    ['fixtures/hostile/requests.ts', 'unknown directives'],
    ['security/limits.test.ts', 'max_directives_per_node'],
  ],
  'CVE-2023-28867: brackets in brackets': [['security/bracket-depth.test.ts', 'bracket depth']],
  'CVE-2024-40094: introspection in circles': [['fixtures/hostile/requests.ts', 'introspection in circles']],
  'CVE-2023-49559, CVE-2024-47614: lists and fragments that end a stack': [
    ['security/limits.test.ts', 'survive fragments that spread each other'],
    ['fixtures/hostile/requests.ts', '100,000 [ in a value'],
  ],
  'GHSA-6q22-g298-grjh: one expensive field under many aliases': [
    ['system/advisories.test.ts', 'is one entity of its subgraph, under however many aliases'],
  ],
  'CVE-2026-30241, GHSA-w42g-7vfc-xf37: rules that a WebSocket passes by': [
    ['system/advisories.test.ts', 'is not taken over where GraphQL is served'],
    ['http/upgrade.test.ts', 'meets the guard first'],
  ],
  'CVE-2025-27097: the token of another client': [
    ['transport/fetch-layers.test.ts', 'are apart for clients whose headers are sent and differ'],
  ],
  'CVE-2025-27098: paths out of the folder of assets': [
    ['http/graphiql/routes.test.ts', '/graphiql/assets/..%2f..%2f'],
  ],
  'CVE-2026-22036: an answer compressed in itself': [
    ['pool/attempt.test.ts', 'that unfolds beyond the limit is cut off'],
    ['execution/hostile-answers.test.ts', 'that unfolds to 200 MB is cut off'],
  ],
  'CVE-2024-22019: chunks with endless extensions': [
    ['system/advisories.test.ts', 'a chunk with an extension without end is hung up on'],
  ],
};

describe('advisories of others', () => {
  it.each(Object.entries(COVERED))('%s', (_advisory, places) => {
    for (const [file, says] of places) {
      const path = join(packageRoot, 'test', file);
      expect([file, existsSync(path)]).toEqual([file, true]);
      expect(readFileSync(path, 'utf8')).toContain(says);
    }
  });
});

describe('a configuration', () => {
  const folder = configFolders();

  it.each([
    '__proto__: { polluted: true }',
    'subgraphs: { __proto__: { url: "http://127.0.0.1:1" } }',
    'headers: { subgraphs: { __proto__: { request: [ { insert: { name: polluted, value: "1" } } ] } } }',
    'traffic_shaping: { subgraphs: { constructor: { prototype: { polluted: true } } } }',
    'limits: { __proto__: { max_depth: 1 } }',
  ])('changes no prototype: %s', async (text) => {
    await loadConfig({ path: folder().write('headgate.yaml', text), env: {} }).catch((error) =>
      expect(error).toMatchObject({ code: 'CONFIG_INVALID' }),
    );
    expect(Object.keys(Object.getPrototypeOf({}))).toEqual([]);
    expect('polluted' in {} || 'max_depth' in {}).toBe(false);
  });
});
