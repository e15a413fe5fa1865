import { configJsonSchema } from '../../gateway/config/json-schema';
import { hostConfig } from '../../gateway/embed/host-config';
import { keysWithoutEffect } from '../../gateway/embed/keys-in-effect';
import { configFolders } from '../fixtures/config-folder';

/** Sections, and keys of sections, that an embedded gateway acts upon; whatever else the file has is refused. */
const IN_EFFECT = [
  'authorization',
  'demand_control',
  'discovery.addresses',
  'discovery.dns',
  'discovery.kubernetes',
  'error_masking',
  'headers',
  'introspection',
  'limits.mode',
  'memory',
  'planning',
  'query_plan',
  'rate_limit',
  'routing',
  'subgraphs',
  'telemetry.logs.redact',
  'traffic_shaping.all',
  'traffic_shaping.router.deduplicate',
  'traffic_shaping.router.timeout',
  'traffic_shaping.subgraphs',
];

interface Keys {
  readonly properties?: Readonly<Record<string, Keys>>;
}

/** Each key, by its path, down to where all below it is alike. */
function keysOf({ properties = {} }: Keys, path: readonly string[] = []): string[] {
  return Object.entries(properties).flatMap(([key, below]) => {
    const here = [...path, key];
    const own = here.join('.');
    const isDivided = /^(?:discovery|limits|telemetry|telemetry\.logs|traffic_shaping|traffic_shaping\.router)$/.test(
      own,
    );
    return isDivided ? keysOf(below, here) : [own];
  });
}

const given = (path: string) => path.split('.').reduceRight<unknown>((below, key) => ({ [key]: below }), 'x');

describe('the configuration of an embedded gateway', () => {
  const configFolder = configFolders();
  const keys = keysOf(configJsonSchema() as Keys);

  it('is in effect or refused, key by key', () => {
    expect(keys.length).toBeGreaterThan(30);
    const inEffect = keys.filter((key) => keysWithoutEffect(given(key)).length === 0);
    const limits = keys.filter((key) => key.startsWith('limits.') && key !== 'limits.request_bytes');
    expect(inEffect.sort()).toEqual([...new Set([...IN_EFFECT, ...limits])].sort());
    const refused = keys.filter((key) => !inEffect.includes(key));
    for (const key of refused) expect(key.startsWith(keysWithoutEffect(given(key))[0]?.path ?? '?')).toBe(true);
  });

  it('is refused by the name of the key, with what to do instead, however it comes', async () => {
    const wrong = { server: {}, limits: { max_depth: 20, request_bytes: '1MB' as const } };
    await expect(hostConfig(wrong as never)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(
        /^configuration object server: only Headgate's own server .*\nconfiguration object limits\.request_bytes: .*your HTTP server reads bodies, and limits them$/,
      ),
    });
    const path = configFolder().write(
      'headgate.yaml',
      'authentication: { api_keys: { keys: [ { name: a, sha256: 3fa1c5dd9d3f8bd0f9c5f9ae0c5a4a3c7e6b1c7b0c6cb5b6b4d2a9d7c0e5a1f2 } ] } }\n',
    );
    await expect(hostConfig(path)).rejects.toThrow(/headgate\.yaml authentication: .*have a plugin put IDENTITY/);
    await expect(
      hostConfig({ limits: { max_depth: 20 }, traffic_shaping: { router: { timeout: '1s' } } }),
    ).resolves.toBeDefined();
    await expect(hostConfig(undefined)).resolves.toBeDefined();
  });
});
