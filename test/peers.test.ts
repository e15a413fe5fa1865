import { type FoundPackage, fits, peerProblem } from '../gateway/peers';

const PEERS = { '@apollo/server': '^5.0.0', graphql: '^16.11.0' };
const SERVER: FoundPackage = { version: '5.5.1', folder: '/app/node_modules/@apollo/server' };
const GRAPHQL: FoundPackage = { version: '16.15.0', folder: '/app/node_modules/graphql' };

function found(packages: Readonly<Record<string, FoundPackage>>) {
  return (name: string) => packages[name] ?? null;
}

describe('the peers', () => {
  it('fit', () => {
    expect(peerProblem(PEERS, found({ '@apollo/server': SERVER, graphql: GRAPHQL }))).toBeNull();
  });

  it.each([
    [
      '17.0.0',
      'headgate needs graphql ^16.11.0 and found 17.0.0 in /app/node_modules/graphql: npm install graphql@^16.11.0',
    ],
    [
      '16.9.9',
      'headgate needs graphql ^16.11.0 and found 16.9.9 in /app/node_modules/graphql: npm install graphql@^16.11.0',
    ],
  ])('are named with version, place and remedy: graphql %s', (version, message) => {
    const graphql = { ...GRAPHQL, version };
    expect(peerProblem(PEERS, found({ '@apollo/server': SERVER, graphql }))).toBe(message);
  });

  it('are missed by name', () => {
    expect(peerProblem(PEERS, found({ graphql: GRAPHQL }))).toBe(
      '@apollo/server is not installed; headgate needs ^5.0.0 beside it: npm install @apollo/server@^5.0.0',
    );
  });

  it('share one graphql', () => {
    const inside = { version: '16.11.0', folder: '/app/node_modules/@apollo/server/node_modules/graphql' };
    const find = (name: string, from: string) => {
      if (name === 'graphql') return from.startsWith(SERVER.folder) ? inside : GRAPHQL;
      return found({ '@apollo/server': SERVER })(name);
    };
    expect(peerProblem(PEERS, find)).toBe(
      "there are two copies of graphql, which refuse each other's schemas: headgate uses 16.15.0 in /app/node_modules/graphql, " +
        '@apollo/server uses 16.11.0 in /app/node_modules/@apollo/server/node_modules/graphql. ' +
        '`npm ls graphql` shows who brings which; make it one with `npm dedupe`',
    );
  });

  it.each([
    ['16.11.0', '^16.11.0', true],
    ['16.11.1', '^16.11.0', true],
    ['16.12.0', '^16.11.3', true],
    ['16.11.2', '^16.11.3', false],
    ['16.9.0', '^16.11.0', false],
    ['15.99.0', '^16.11.0', false],
    ['17.0.0', '^16.11.0', false],
    ['5.5.1', '^5.0.0', true],
  ])('are compared as numbers: %s in %s is %s', (version, range, expected) => {
    expect(fits(version, range)).toBe(expected);
  });
});
