import { addressRules, claimListener, isRange, NO_ADDRESSES } from '../gateway/addresses';

const rules = addressRules(NO_ADDRESSES);

describe('the addresses of instances', () => {
  it.each([
    'http://169.254.169.254/latest/meta-data',
    'http://169.254.0.1:4001/graphql',
    // All the same address: the URL parser reads them so.
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://0251.0376.0251.0376/',
    'http://[::ffff:169.254.169.254]/graphql',
    'http://[::ffff:a9fe:a9fe]:80/graphql',
    'http://[64:ff9b::169.254.169.254]/',
    'http://[2002:a9fe:a9fe::1]/',
    'http://[fe80::1]:4001/graphql',
    'http://[febf::1]/',
    'http://[fd00:ec2::254]/',
    'http://0.0.0.0:4001/graphql',
    'http://0/',
    'http://[::]:4001/',
    'http://224.0.0.1/',
    'http://255.255.255.255/',
    'http://[ff02::1]/',
    'http://100.100.100.200/',
    'http://168.63.129.16/',
    'http://metadata.google.internal/computeMetadata/v1/',
    'http://METADATA.google.internal./',
    'https://instance-data/latest',
  ])('are not %s', (url) => {
    expect(rules.refusalOfUrl(url)).toMatch(/; when it is meant, list it in discovery\.addresses\.allow$/);
  });

  it.each([
    'http://127.0.0.1:4001/graphql',
    'http://localhost:4001/graphql',
    'http://[::1]:4001/graphql',
    'http://10.0.0.1/',
    'http://192.168.1.7:4001/',
    'http://[fd12:3456::1]/',
    'http://[::ffff:10.0.0.1]/',
    'https://products.internal/graphql',
    'https://metadata.example.com/graphql',
    'http://169.253.255.255/',
    'http://169.255.0.0/',
    'http://223.255.255.255/',
  ])('may be %s', (url) => {
    expect(rules.refusalOfUrl(url)).toBeNull();
  });

  it('are denied and allowed by the configuration', () => {
    const own = addressRules({
      deny: ['10.0.0.0/8', 'fd00::/8'],
      allow: ['169.254.20.0/24', 'fe80::1', '10.1.2.3', 'metadata.google.internal'],
    });
    expect(own.refusalOf('10.9.9.9', 80)).toBe('10.9.9.9 is in discovery.addresses.deny');
    expect(own.refusalOf('::ffff:10.9.9.9', 80)).toMatch(/deny/);
    expect(own.refusalOf('fd00::9', 80)).toMatch(/deny/);
    expect(own.refusalOf('169.254.169.254', 80)).toMatch(/link-local/);
    for (const address of ['10.1.2.3', '169.254.20.7', 'fe80::1', '11.0.0.1'])
      expect(own.refusalOf(address, 80)).toBeNull();
    expect(own.refusalOfUrl('http://metadata.google.internal/')).toBeNull();
  });

  it.each([
    ['127.0.0.1', ['127.0.0.1', '::ffff:127.0.0.1'], ['127.0.0.2', '10.0.0.1']],
    ['localhost', ['127.0.0.1', '::1'], ['10.0.0.1']],
    ['0.0.0.0', ['127.0.0.1', '127.8.8.8', '::1'], ['203.0.113.7']],
    ['::', ['127.0.0.1', '::1'], ['203.0.113.7']],
  ])('are not where this gateway listens itself: %s', (host, ours, others) => {
    const release = claimListener(host, 4444);
    for (const address of ours) expect(rules.refusalOf(address, 4444)).toMatch(/a listener of this gateway itself/);
    for (const address of others) expect(rules.refusalOf(address, 4444)).toBeNull();
    expect(rules.refusalOf(ours[0] ?? '', 4445)).toBeNull();
    expect(rules.refusalOfUrl('http://localhost:4444/graphql')).toMatch(/itself/);
    // Nobody means that, whatever the list says.
    expect(addressRules({ deny: [], allow: ['127.0.0.0/8'] }).refusalOf('127.0.0.1', 4444)).toMatch(/itself/);
    release();
    expect(rules.refusalOf(ours[0] ?? '', 4444)).toBeNull();
  });

  it.each(['10.0.0.0/8', '10.0.0.1', 'fd00::/8', '::1', '0.0.0.0/0'])('can be given as %s', (text) => {
    expect(isRange(text)).toBe(true);
  });

  it.each(['', '10.0.0.0/33', '10.0.0', 'fd00::/129', '10.0.0.0/8/8', '10.0.0.0/', 'products', '10.0.0.0/-1'])(
    'cannot be given as %j',
    (text) => expect(isRange(text)).toBe(false),
  );
});
