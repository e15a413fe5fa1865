import { plainJson, plainLine, plainText } from '../gateway/plain-text';

describe('text of others', () => {
  it('acts upon no terminal, and keeps tabs and the ends of lines', () => {
    const text = 'a\tb\r\nc\n\u001b[2J\u0007\u009b31m\u202e\u007f\rover';
    expect(plainText(text)).toBe('a\tb\r\nc\n\\u001b[2J\\u0007\\u009b31m\\u202e\\u007f\\u000dover');
    expect(plainText('Zürich 東京 👩‍👩‍👧')).toBe('Zürich 東京 👩‍👩‍👧');
  });

  it('stays in its cell', () => expect(plainLine('a\nb\r\nc\td')).toBe('a b c d'));

  it('is the same value in JSON', () => {
    const value = { 'a\u001b': ['\u009b\u202e\u007f', 'plain'] };
    for (const one of ['\u001b', '\u007f', '\u009b', '\u202e']) expect(plainJson(value)).not.toContain(one);
    expect(JSON.parse(plainJson(value))).toEqual(value);
  });
});
