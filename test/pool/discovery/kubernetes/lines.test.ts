import { Lines } from '../../../../gateway/pool/discovery/kubernetes/lines';

describe('Lines', () => {
  it.each([1, 2, 3, 7, 100])('finds the same lines in chunks of %i bytes', (size) => {
    const bytes = Buffer.from('eins\r\n\nzwei äöü\ndrei');
    const lines = new Lines(100);
    const found: string[] = [];
    for (let at = 0; at < bytes.length; at += size) found.push(...lines.push(bytes.subarray(at, at + size)));
    expect(found).toEqual(['eins', 'zwei äöü']);
  });

  it('has a limit on what it collects', () => {
    const lines = new Lines(10);
    lines.push(Buffer.from('123456'));
    expect(() => lines.push(Buffer.from('789012'))).toThrow('longer than 10 bytes');
  });
});
