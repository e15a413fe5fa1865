import { TestEnvironment } from 'jest-environment-node';

/** Where tests find how modules are loaded outside of them. */
const NATIVE_REQUIRE = Symbol.for('headgate.test.require');

/**
 * Tests run in a realm whose `require` is jest's own, which loads no ECMAScript modules; Node does since 20.19. What is mapped to
 * `fixtures/native-jose` in jest.config.js is loaded outside, as it is in a gateway.
 */
export default class Environment extends TestEnvironment {
  constructor(...given: ConstructorParameters<typeof TestEnvironment>) {
    super(...given);
    Object.assign(this.global, { [NATIVE_REQUIRE]: (name: string) => require(name) });
  }
}
