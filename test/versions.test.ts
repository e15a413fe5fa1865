import { schemaHashes } from '../gateway/versions';

describe('schemaHashes', () => {
  const schemas = ['a', 'b', 'c'].map((name) => [name, `type Query { ${name}: Int }`] as const);

  it('knows each subgraph by its own schema', async () => {
    const hashes = await schemaHashes(schemas);
    expect([...hashes.keys()]).toEqual(['a', 'b', 'c']);
    expect(new Set(hashes.values()).size).toBe(3);
  });

  it('lets the loop turn between two subgraphs', async () => {
    let turns = 0;
    let done = false;
    const turn = () => {
      if (done) return;
      turns += 1;
      setImmediate(turn);
    };
    setImmediate(turn);
    await schemaHashes(schemas);
    done = true;
    expect(turns).toBeGreaterThanOrEqual(schemas.length);
  });
});
