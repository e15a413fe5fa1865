import { type CacheInfo, cacheInfoOf, mostRestrictive } from '../../gateway/transport/cache-info';

const said = (maxAge: number, scope: CacheInfo['scope'] = 'public'): CacheInfo => ({ maxAge, scope });

it.each<[string | string[], CacheInfo]>([
  ['max-age=60', said(60)],
  ['Max-Age = 60 , PRIVATE', said(60, 'private')],
  ['max-age="60"', said(60)],
  ['public, max-age=60, s-maxage=10', said(10)],
  ['max-age=60, s-maxage=0', said(0)],
  ['max-age=60, max-age=5', said(5)],
  [['max-age=60', 'private'], said(60, 'private')],
  ['private="set-cookie, x-a", max-age=7', said(7, 'private')],
  ['no-store, max-age=60', said(0)],
  ['max-age=60, no-cache', said(0)],
  ['no-cache="x-a, max-age=60"', said(0)],
  ['public', said(0)],
  ['max-age=soon', said(0)],
  ['max-age=-1', said(0)],
  ['max-age=1.5', said(0)],
  ['max-age', said(0)],
  ['', said(0)],
  ['foo="unclosed, max-age=60', said(0)],
])('reads %j', (value, info) => {
  expect(cacheInfoOf({ 'cache-control': value })).toEqual(info);
});

it('takes off the age that an answer has already', () => {
  const headers = { 'cache-control': 'max-age=60' };
  expect(cacheInfoOf({ ...headers, age: '20' })?.maxAge).toBe(40);
  expect(cacheInfoOf({ ...headers, age: '90' })?.maxAge).toBe(0);
  expect(cacheInfoOf({ ...headers, age: 'old' })?.maxAge).toBe(60);
});

it('is null where nothing is said', () => {
  expect(cacheInfoOf({ age: '3' })).toBeNull();
});

it.each<[(CacheInfo | null)[], CacheInfo | null]>([
  [[], null],
  [[null, null], null],
  [[said(60)], said(60)],
  [[said(60), said(30), said(90)], said(30)],
  [[said(60), said(90, 'private')], said(60, 'private')],
  [[said(60), null], said(0)],
])('makes one of %j', (each, info) => {
  expect(mostRestrictive(each)).toEqual(info);
});
