import { UsageError } from './flags';
import { parseOptions, usage } from './options';

const CHOICES = { gateways: ['headgate', 'stock', 'other'], defaultGateways: ['headgate', 'stock'] };

const parse = (...args: string[]) => {
  const options = parseOptions(args, CHOICES);
  if (options === 'help') throw new Error('help was not asked for');
  return options;
};

describe('options of the benchmark', () => {
  it('have defaults', () => {
    expect(parse()).toEqual({
      gateways: ['headgate', 'stock'],
      operations: ['test-query', 'small', 'medium'],
      traffic: ['identical'],
      connections: 50,
      seconds: 8,
      warmupSeconds: 4,
      rounds: 3,
      interleave: false,
      node: process.execPath,
    });
  });

  it('choose gateways and operations, in the order of the table', () => {
    const options = parse('--gateways', 'stock, headgate', '--operations', 'small');
    expect(options.gateways).toEqual(['headgate', 'stock']);
    expect(options.operations).toEqual(['small']);
  });

  it('choose every gateway', () => expect(parse('--gateways', 'all').gateways).toEqual(CHOICES.gateways));

  it('choose the traffic', () => {
    expect(parse('--unique').traffic).toEqual(['unique']);
    expect(parse('--traffic', 'identical,unique').traffic).toEqual(['identical', 'unique']);
  });

  it('make a quick run one short round, unless a number is given', () => {
    expect(parse('--interleave')).toMatchObject({ interleave: true });
    expect(parse('--quick')).toMatchObject({ rounds: 1, seconds: 2 });
    expect(parse('--quick', '--rounds', '2')).toMatchObject({ rounds: 2, seconds: 2 });
  });

  it('name files, the baseline and the Node.js to use', () => {
    const args = ['--json', 'a.json', '--markdown', 'a.md', '--baseline', 'v1', '--node', '/opt/node'];
    expect(parse(...args)).toMatchObject({
      jsonFile: 'a.json',
      markdownFile: 'a.md',
      baseline: 'v1',
      node: '/opt/node',
    });
  });

  it('take a folder for profiles', () => expect(parse('--profile', '/tmp/x').profileFolder).toBe('/tmp/x'));

  it.each([
    [['--gateways', 'nginx'], '--gateways: "nginx" is none of headgate, stock, other'],
    [['--operations', ''], '--operations: "" is none of'],
    [['--seconds', '1.5'], '--seconds: "1.5" is not a whole number from 1 to 600'],
    [['--rounds', '0'], '--rounds: "0" is not a whole number from 1 to 50'],
    [['--unique', '--traffic', 'identical'], '--unique is short for --traffic unique'],
    [['--fast'], '--fast'],
    [['stray'], 'stray'],
  ])('refuse %j', (args, message) => {
    expect(() => parse(...args)).toThrow(UsageError);
    expect(() => parse(...args)).toThrow(message);
  });

  it('explain themselves', () => {
    expect(parseOptions(['--help'], CHOICES)).toBe('help');
    expect(usage(CHOICES)).toContain('headgate, stock, other');
  });
});
