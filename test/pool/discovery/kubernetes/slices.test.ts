import { endpointsOf, readSlice } from '../../../../gateway/pool/discovery/kubernetes/slices';
import type { KubernetesOptions } from '../../../../gateway/pool/discovery/options';
import { type Slice, slice } from '../../../fixtures/kubernetes-api';

const OPTIONS: KubernetesOptions = {
  kind: 'kubernetes',
  service: 'products',
  namespace: null,
  port: null,
  api: null,
  scheme: 'http',
  path: '',
  serviceAccount: '',
};

const urls = (slices: readonly Slice[], changes: Partial<KubernetesOptions> = {}) =>
  endpointsOf(slices.map(readSlice), { ...OPTIONS, ...changes }, 'shop').map(({ url }) => url);
const named = (name: string, port: number) => ({ name, port, protocol: 'TCP' as const });

describe('endpointsOf', () => {
  it('takes endpoints that are ready, and those that say nothing of it', () => {
    const unready = { addresses: ['10.0.0.1'], conditions: { ready: false } };
    const ready = { addresses: ['10.0.0.2'], conditions: { ready: true } };
    expect(urls([slice('a', [unready, ready, '10.0.0.3'])])).toEqual(['http://10.0.0.2:4001', 'http://10.0.0.3:4001']);
  });

  it('lets go of what terminates, unless nothing else serves', () => {
    const terminating = { addresses: ['10.0.0.1'], conditions: { ready: false, serving: true, terminating: true } };
    const dead = { addresses: ['10.0.0.2'], conditions: { ready: false, serving: false, terminating: true } };
    expect(urls([slice('a', [terminating, dead, '10.0.0.3'])])).toEqual(['http://10.0.0.3:4001']);
    expect(urls([slice('a', [terminating, dead])])).toEqual(['http://10.0.0.1:4001']);
  });

  it('counts an endpoint once that stands in two slices', () => {
    expect(urls([slice('a', ['10.0.0.1']), slice('b', ['10.0.0.1'])])).toEqual(['http://10.0.0.1:4001']);
  });

  it('counts a pod of two address families once', () => {
    expect(urls([slice('a', ['10.0.0.1']), slice('b', ['fd00::1'], { addressType: 'IPv6' })])).toEqual([
      'http://10.0.0.1:4001',
    ]);
    expect(urls([slice('b', ['fd00::1'], { addressType: 'IPv6' })])).toEqual(['http://[fd00::1]:4001']);
  });

  it.each([
    ['admin', 'http://10.0.0.1:9000'],
    [9000, 'http://10.0.0.1:9000'],
    ['graphql', 'http://10.0.0.1:4001'],
  ])('finds the port %s', (port, expected) => {
    const ports = [named('graphql', 4001), named('admin', 9000)];
    expect(urls([slice('a', ['10.0.0.1'], { ports })], { port })).toEqual([expected]);
  });

  it('asks which port when there are several', () => {
    const ports = [named('graphql', 4001), named('admin', 9000)];
    expect(() => urls([slice('a', ['10.0.0.1'], { ports })])).toThrow('graphql (4001), admin (9000)');
  });

  it('takes tags from labels of the slice, and no others', () => {
    const labels = {
      'tags.headgate.dev/version': 'v2',
      'kubernetes.io/service-name': 'products',
      'tags.headgate.dev/': 'x',
    };
    const metadata = { name: 'a', resourceVersion: '0', labels };
    const made = slice('a', ['10.0.0.1'], { metadata });
    const [plain, tagged] = [slice('b', ['10.0.0.2']), made].map((one) =>
      endpointsOf([readSlice(one)], OPTIONS, 'shop').map(({ tags }) => tags),
    );
    expect(tagged).toEqual([{ version: 'v2' }]);
    expect(plain).toEqual([undefined]);
  });

  it('takes the port of the configuration when the slice names none', () => {
    expect(urls([slice('a', ['10.0.0.1'], { ports: [] })], { port: 4005 })).toEqual(['http://10.0.0.1:4005']);
  });

  it('has nobody for a service without pods, without complaint', () => {
    expect(urls([slice('a', [], { ports: [] })])).toEqual([]);
  });

  it('refuses what is no slice', () => {
    expect(() => readSlice({ metadata: {} })).toThrow('not an EndpointSlice: metadata.name');
  });
});
