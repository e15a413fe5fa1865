import { buildSchema } from 'graphql';
import { maySuggest } from '../../gateway/security/suggestions';

const many = (write: (at: number) => string) => Array.from({ length: 101 }, (_, at) => write(at)).join(' ');

describe('names are suggested', () => {
  it('where there are few', () => {
    expect(maySuggest(buildSchema('type Query { a: E } enum E { A B }'))).toBe(true);
  });

  it.each([
    ['types', `type Query { a: Int } ${many((at) => `scalar S${at}`)}`],
    ['fields', `type Query { ${many((at) => `f${at}: Int`)} }`],
    ['fields of an interface', `type Query { a: I } interface I { ${many((at) => `f${at}: Int`)} }`],
    ['fields of an input', `type Query { a(i: I): Int } input I { ${many((at) => `f${at}: Int`)} }`],
    ['values', `type Query { a: E } enum E { ${many((at) => `V${at}`)} }`],
  ])('not where there are many %s', (_what, sdl) => {
    expect(maySuggest(buildSchema(sdl))).toBe(false);
  });
});
