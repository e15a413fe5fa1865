import { sdlHash } from '../../../gateway/pool/health/sdl-hash';

describe('sdlHash', () => {
  const sdl = 'type Query { a: Int b: String }\ntype T @key(fields: "id") { id: ID! }';

  it('is the same whatever the layout, the comments, the descriptions and the order of definitions', () => {
    const other =
      '# hello\n"A type" type T @key(fields: "id") {\n  id: ID!\n}\n\ntype Query {\n "what" a: Int\n  b: String }';
    expect(sdlHash(other)).toBe(sdlHash(sdl));
  });

  it('differs when a field does', () => {
    expect(sdlHash(sdl.replace('Int', 'Int!'))).not.toBe(sdlHash(sdl));
  });

  it('is defined for what is not SDL', () => {
    expect(sdlHash('{')).toBe(sdlHash(' {\n'));
  });
});
