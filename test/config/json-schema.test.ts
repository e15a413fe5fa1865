// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of headgate.yaml look like that
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configJsonSchema, knownNames } from '../../gateway/config/json-schema';
import { settingsSchema } from '../../gateway/config/settings';
import { packageRoot } from '../../gateway/package-root';

const COPY = join(packageRoot, 'schema', 'headgate.schema.json');

describe('configJsonSchema', () => {
  it('equals schema/headgate.schema.json (renew it: npx headgate config schema > schema/headgate.schema.json)', () => {
    expect(JSON.parse(readFileSync(COPY, 'utf8'))).toEqual(configJsonSchema());
  });

  it('names every section that the checks know', () => {
    expect(Object.keys(configJsonSchema().properties ?? {})).toEqual(Object.keys(settingsSchema.shape));
  });

  it('refuses unknown keys, as the checks do', () => {
    const { additionalProperties, properties } = configJsonSchema();
    expect(additionalProperties).toBe(false);
    expect(properties?.server).toMatchObject({ additionalProperties: false });
  });

  it('shows defaults in the form of the file', () => {
    expect(configJsonSchema().properties?.server?.properties?.drain_timeout).toMatchObject({ default: '30s' });
  });

  it('lets a reference stand where a number is asked for', () => {
    expect(configJsonSchema().properties?.planning?.properties?.queue).toMatchObject({
      default: 1000,
      anyOf: [
        { type: 'integer', minimum: 1 },
        { type: 'string', pattern: '\\$\\{' },
      ],
    });
  });
});

describe('knownNames', () => {
  it.each([
    [
      ['server'],
      [
        'listen',
        'socket_mode',
        'path',
        'workers',
        'max_connections',
        'compression',
        'tls',
        'http2',
        'h2c',
        'trusted_proxies',
        'response_codes',
        'proxy_protocol',
        'drain_timeout',
      ],
    ],
    [
      ['subgraphs', 'any', 'instances', 0],
      ['url', 'weight', 'zone', 'tier', 'tags'],
    ],
    [['admin'], ['listen', 'token', 'keys', 'request_bytes']],
    [['subgraphs'], []],
  ])('knows what may stand under %j', (path, names) => {
    expect(knownNames(path)).toEqual(names);
  });
});
