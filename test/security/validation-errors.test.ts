import { buildSchema, parse, validate } from 'graphql';
import { validationErrorsMax } from '../../gateway/security/validation-errors';

const many = (count: number, write: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => write(at)).join(' ');

describe('errors of validation', () => {
  it('are as many as graphql-js tells where names are few', () => {
    expect(validationErrorsMax(buildSchema('type Query { a: E } enum E { A B }'))).toBe(100);
  });

  it.each([
    ['types', `type Query { a: Int } ${many(480, (at) => `scalar S${at}`)}`],
    ['fields', `type Query { ${many(500, (at) => `f${at}: Int`)} }`],
    ['fields of an interface', `type Query { a: I } interface I { ${many(500, (at) => `f${at}: Int`)} }`],
    ['fields of an input', `type Query { a(i: I): Int } input I { ${many(500, (at) => `f${at}: Int`)} }`],
    ['values', `type Query { a: E } enum E { ${many(500, (at) => `V${at}`)} }`],
  ])('are fewer where there are many %s', (_what, sdl) => {
    expect(validationErrorsMax(buildSchema(sdl))).toBe(20);
  });

  it('are ten at least, with their suggestions', () => {
    const schema = buildSchema(`type Query { ${many(3_000, (at) => `field${at}: Int`)} }`);
    const maxErrors = validationErrorsMax(schema);
    expect(maxErrors).toBe(10);
    const errors = validate(schema, parse(`{ ${many(50, (at) => `a${at}: feld${at}`)} }`), undefined, { maxErrors });
    expect(errors).toHaveLength(11);
    expect(errors[0]?.message).toContain('Did you mean');
    expect(errors[10]?.message).toContain('error limit reached');
  });
});
