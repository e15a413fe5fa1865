import { loadConfig } from '../../gateway/config/load';
import { LIMIT_NAMES, type LimitOptions } from '../../gateway/security/options';
import { configFolders } from '../fixtures/config-folder';

describe('limits in the configuration', () => {
  const configFolder = configFolders();

  async function limitsOf(limits: string): Promise<LimitOptions> {
    const path = configFolder().write('headgate.yaml', `supergraph: { source: registry }\nlimits: ${limits}\n`);
    return (await loadConfig({ path, env: {} })).config.limits;
  }

  it('are all enforced unless the file says otherwise', async () => {
    const limits = await limitsOf('{}');
    expect(Object.keys(limits)).toEqual([...LIMIT_NAMES]);
    expect(Object.values(limits).every(({ max, mode }) => max > 0 && mode === 'enforce')).toBe(true);
  });

  it('are numbers, or a value and a mode', async () => {
    const limits = await limitsOf(
      '{ max_depth: 7, max_aliases: { value: 8, mode: measure }, max_lines: { mode: measure } }',
    );
    expect(limits.max_depth).toEqual({ max: 7, mode: 'enforce' });
    expect(limits.max_aliases).toEqual({ max: 8, mode: 'measure' });
    expect(limits.max_lines).toEqual({ max: 5_000, mode: 'measure' });
  });

  it('are measured together, but for those with a mode of their own', async () => {
    const limits = await limitsOf(
      '{ mode: measure, max_depth: { value: 7, mode: enforce }, max_aliases: { value: 8 } }',
    );
    expect(limits.max_depth).toEqual({ max: 7, mode: 'enforce' });
    expect(limits.max_aliases).toEqual({ max: 8, mode: 'measure' });
    expect(limits.max_tokens).toEqual({ max: 15_000, mode: 'measure' });
  });

  it.each([
    ['{ mode: watch }', 'expected one of enforce, measure'],
    ['{ max_depth: { value: 0 } }', 'must be at least 1'],
    ['{ max_depth: { valu: 3 } }', 'did you mean value?'],
    ['{ max_depths: 3 }', 'did you mean max_depth?'],
  ])('refuse %s', async (text, message) => {
    await expect(limitsOf(text)).rejects.toMatchObject({ message: expect.stringContaining(message) });
  });
});
