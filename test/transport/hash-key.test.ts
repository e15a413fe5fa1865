import { hashKeyOf } from '../../gateway/transport/hash-key';
import { newFlight } from '../fixtures/flight';

const flight = Object.assign(newFlight({ headers: { 'x-user': 'ann' } }), {
  variables: { id: 7, on: false, none: null, input: { id: 7 } },
});

it.each([
  ['a header', { hashHeader: 'x-user' }, 'ann'],
  ['a header that is not there', { hashHeader: 'x-other' }, null],
  ['a number', { hashHeader: null, hashVariable: 'id' }, '7'],
  ['a boolean', { hashHeader: null, hashVariable: 'on' }, 'false'],
  ['an object', { hashHeader: null, hashVariable: 'input' }, '{"id":7}'],
  ['null', { hashHeader: null, hashVariable: 'none' }, null],
  ['a variable that is not there', { hashHeader: null, hashVariable: 'other' }, null],
  ['nothing', { hashHeader: null }, null],
])('makes a key of %s', (_, options, key) => {
  expect(hashKeyOf({ policy: 'hash', ...options }, flight)).toBe(key);
});

it('makes none for another policy', () => {
  expect(hashKeyOf({ policy: 'adaptive', hashHeader: 'x-user' }, flight)).toBeNull();
});

it('makes none of a variable before the operation is executed', () => {
  expect(hashKeyOf({ policy: 'hash', hashHeader: null, hashVariable: 'id' }, newFlight())).toBeNull();
});
