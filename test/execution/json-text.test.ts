import { encode, JsonText, withoutTexts } from '../../gateway/execution/json-text';

const json = (text: string) => new JsonText([Buffer.from(text)]);
const text = json('{"b":[1,"\\"ü"]}');

describe('JSON text in an answer', () => {
  it('is written as it is, where it is', () => {
    const result = { errors: [{ message: '"$&"' }], data: { a: 1, t: text, z: null, u: json('2') } };
    expect(encode(result).toString()).toBe(
      '{"errors":[{"message":"\\"$&\\""}],"data":{"a":1,"t":{"b":[1,"\\"ü"]},"z":null,"u":2}}\n',
    );
    expect(encode(result).toString()).toBe(`${JSON.stringify(result)}\n`);
  });

  it('may be under any key', () => {
    const data = JSON.parse('{"__proto__":1}');
    Object.defineProperty(data, '__proto__', { value: text, enumerable: true });
    expect(encode({ data }).toString()).toBe('{"data":{"__proto__":{"b":[1,"\\"ü"]}}}\n');
  });

  it('is not looked for in answers without', () => {
    for (const result of [{}, { data: null }, { data: { a: [{ b: 1 }] }, extensions: { c: 1 } }])
      expect(`${encode(result)}`).toBe(`${JSON.stringify(result)}\n`);
  });

  it('is a value for whoever wants to read it', () => {
    expect(withoutTexts({ a: 1, t: text })).toEqual({ a: 1, t: { b: [1, '"ü'] } });
    expect(withoutTexts(null)).toBeNull();
  });
});
