import type { FetchContent } from '../../gateway/transport/fetch-answer';
import { RememberedAnswers } from '../../gateway/transport/remembered-answers';

function answer(bytes: Buffer): FetchContent {
  return { data: JSON.parse(bytes.toString()), errors: [], extensions: null, bytes: bytes.length };
}

describe('remembered answers', () => {
  it('are the same object while the bytes are the same', () => {
    const remembered = new RememberedAnswers();
    const ask = (text: string) => remembered.parsed('body', 200, Buffer.from(text), () => answer(Buffer.from(text)));
    const first = ask('{"a":1}');
    expect(ask('{"a":1}')).toBe(first);
    expect(ask('{"a":2}').data).toEqual({ a: 2 });
    expect(ask('{"a":1}')).not.toBe(first);
  });

  it('are kept apart by request body', () => {
    const remembered = new RememberedAnswers();
    const bytes = Buffer.from('{}');
    const one = remembered.parsed('one', 200, bytes, () => answer(bytes));
    expect(remembered.parsed('two', 200, bytes, () => answer(bytes))).not.toBe(one);
  });

  it('are kept apart by status', () => {
    const remembered = new RememberedAnswers();
    const bytes = Buffer.from('{}');
    const of = (status: number) => remembered.parsed('body', status, bytes, () => answer(bytes));
    const good = of(200);
    expect(of(200)).toBe(good);
    expect(of(401)).not.toBe(good);
  });

  it('does not remember what cannot be parsed', () => {
    const remembered = new RememberedAnswers();
    const refuse = () => {
      throw new Error('no GraphQL');
    };
    expect(() => remembered.parsed('body', 200, Buffer.from('<'), refuse)).toThrow('no GraphQL');
    expect(() => remembered.parsed('body', 200, Buffer.from('<'), refuse)).toThrow('no GraphQL');
  });
});
