import { RememberedAnswers } from '../../gateway/transport/remembered-answers';
import type { SubgraphAnswer } from '../../gateway/transport/send';

function answer(bytes: Buffer): SubgraphAnswer {
  return { data: JSON.parse(bytes.toString()), errors: [], bytes: bytes.length };
}

describe('remembered answers', () => {
  it('are the same object while the bytes are the same', () => {
    const remembered = new RememberedAnswers();
    const ask = (text: string) => remembered.parsed('body', Buffer.from(text), () => answer(Buffer.from(text)));
    const first = ask('{"a":1}');
    expect(ask('{"a":1}')).toBe(first);
    expect(ask('{"a":2}').data).toEqual({ a: 2 });
    expect(ask('{"a":1}')).not.toBe(first);
  });

  it('are kept apart by request body', () => {
    const remembered = new RememberedAnswers();
    const bytes = Buffer.from('{}');
    const one = remembered.parsed('one', bytes, () => answer(bytes));
    expect(remembered.parsed('two', bytes, () => answer(bytes))).not.toBe(one);
  });

  it('does not remember what cannot be parsed', () => {
    const remembered = new RememberedAnswers();
    const refuse = () => {
      throw new Error('no GraphQL');
    };
    expect(() => remembered.parsed('body', Buffer.from('<'), refuse)).toThrow('no GraphQL');
    expect(() => remembered.parsed('body', Buffer.from('<'), refuse)).toThrow('no GraphQL');
  });
});
