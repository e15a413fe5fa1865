import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type KubernetesTimes,
  openKubernetesDiscovery,
} from '../../../../gateway/pool/discovery/kubernetes/kubernetes-discovery';
import type { KubernetesOptions } from '../../../../gateway/pool/discovery/options';
import {
  bookmark,
  goneEvent,
  type KubernetesApiServer,
  slice,
  startKubernetesApi,
  watchEvent,
} from '../../../fixtures/kubernetes-api';
import { watchedDiscoveries } from '../../../fixtures/snapshots';
import { testCertificate } from '../../../fixtures/test-certificate';

const TIMES: KubernetesTimes = { answer: 60_000, watch: 300_000, stall: 300_000, empty: 20 };
const watched = watchedDiscoveries();
let api: KubernetesApiServer;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hg-kubernetes-'));
  api = await startKubernetesApi();
  writeFileSync(join(folder, 'token'), 'first\n');
  writeFileSync(join(folder, 'ca.crt'), testCertificate.cert);
  writeFileSync(join(folder, 'namespace'), 'shop');
  api.slices.set('a', slice('a', ['10.0.0.1', '10.0.0.2']));
  api.resourceVersion = 5;
});

afterEach(async () => {
  await api.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(changes: Partial<KubernetesOptions> = {}, times: Partial<KubernetesTimes> = {}) {
  const options: KubernetesOptions = {
    kind: 'kubernetes',
    service: 'products',
    namespace: null,
    port: null,
    api: api.url,
    scheme: 'http',
    path: '/graphql',
    serviceAccount: folder,
    ...changes,
  };
  return watched((report) => openKubernetesDiscovery(options, report, { ...TIMES, ...times }));
}

const at = (...hosts: number[]) => hosts.map((host) => `http://10.0.0.${host}:4001/graphql`);
const paths = (part: string) => api.requests.map(({ path }) => path).filter((path) => path.includes(part));
const LIST = 'limit=';

describe('openKubernetesDiscovery', () => {
  it('lists the slices of the service, then watches from the version of the list', async () => {
    const source = open();
    expect(await source.urls()).toEqual(at(1, 2));
    const watch = await api.watch();
    expect(watch.from).toBe('5');
    expect(watch.url).toContain('labelSelector=kubernetes.io%2Fservice-name%3Dproducts');
    expect(watch.url).toContain('allowWatchBookmarks=true');
    watch.write(watchEvent('MODIFIED', slice('a', ['10.0.0.1', '10.0.0.3']), 6));
    expect(await source.urls()).toEqual(at(1, 3));
  });

  it('keeps the name of the service as Host', async () => {
    const { endpoints } = await open().next();
    expect(endpoints[0]).toMatchObject({ hostHeader: 'products.shop.svc:4001', servername: 'products.shop.svc' });
  });

  it('gathers a list of several pages', async () => {
    api.pageSize = 1;
    api.slices.set('b', slice('b', ['10.0.0.7']));
    expect(await open().urls()).toEqual(at(1, 2, 7));
    expect(paths(LIST)).toHaveLength(2);
  });

  it.each([
    [['v1'], 'v1'],
    [['v1beta1', 'v1'], 'v1'],
    [['v1beta1'], 'v1beta1'],
    [['v2'], 'v2'],
  ])('asks /apis for the version of the group: of %j it takes %s', async (versions, taken) => {
    api.versions = versions;
    await open().next();
    expect(paths(LIST)[0]).toContain(`/apis/discovery.k8s.io/${taken}/namespaces/shop/`);
  });

  it('adds and removes slices', async () => {
    const source = open();
    await source.next();
    const watch = await api.watch();
    watch.write(watchEvent('ADDED', slice('b', ['10.0.0.8']), 6));
    expect(await source.urls()).toEqual(at(1, 2, 8));
    watch.write(watchEvent('DELETED', slice('a', []), 7));
    expect(await source.urls()).toEqual(at(8));
  });

  it('reads events that are cut anywhere, also within a character', async () => {
    const source = open();
    await source.next();
    const watch = await api.watch();
    const zone = { addresses: ['10.0.0.5'], zone: 'zürich-1' };
    const bytes = Buffer.from(watchEvent('MODIFIED', slice('a', [zone]), 6) + bookmark(7));
    const umlaut = bytes.indexOf('ü') + 1;
    watch.write(bytes.subarray(0, 10));
    watch.write(bytes.subarray(10, umlaut));
    watch.write(bytes.subarray(umlaut));
    expect((await source.next()).endpoints).toMatchObject([{ zone: 'zürich-1' }]);
  });

  it('goes on from the last whole event when the connection is cut in the middle of a line', async () => {
    const source = open();
    await source.next();
    const first = await api.watch();
    first.write(watchEvent('MODIFIED', slice('a', ['10.0.0.3']), 6));
    expect(await source.urls()).toEqual(at(3));
    first.write(watchEvent('MODIFIED', slice('a', ['10.0.0.4']), 7).slice(0, 50));
    first.cut();
    const second = await api.watch();
    expect(second.from).toBe('6');
    expect(paths(LIST)).toHaveLength(1);
    second.write(watchEvent('MODIFIED', slice('a', ['10.0.0.4']), 7));
    expect(await source.urls()).toEqual(at(4));
  });

  it('goes on from a bookmark when the watch is over', async () => {
    const source = open();
    await source.next();
    const first = await api.watch();
    first.write(bookmark(40));
    first.end();
    expect((await api.watch()).from).toBe('40');
    expect(paths(LIST)).toHaveLength(1);
  });

  it.each(['status', 'event'] as const)('lists anew when the version is too old, told by a 410 %s', async (told) => {
    const source = open();
    await source.next();
    const first = await api.watch();
    api.slices.set('a', slice('a', ['10.0.0.9']));
    api.resourceVersion = 90;
    if (told === 'event') first.write(goneEvent);
    else {
      api.oldest = 50;
      first.end();
    }
    expect(await source.urls()).toEqual(at(9));
    expect((await api.watch()).from).toBe('90');
    expect(source.reports.waiting).toBe(1);
  });

  it('gives up a watch in which nothing comes, and goes on where it was', async () => {
    const source = open({}, { stall: 1_000 });
    await source.next();
    const first = await api.watch();
    await first.closed;
    const second = await api.watch();
    expect(second.from).toBe('5');
    const write = (watch: typeof second) => watch.write(watchEvent('MODIFIED', slice('a', ['10.0.0.3']), 6));
    write(second);
    // If this one is given up, too, before the event is read, there is another.
    const news = source.urls();
    void (async () => {
      for (;;) write(await api.watch());
    })();
    expect(await news).toEqual(at(3));
  });

  it('sends the token as the file has it when the API server no longer takes the old one', async () => {
    const source = open();
    await source.next();
    const first = await api.watch();
    api.tokens.delete('first');
    api.tokens.add('second');
    writeFileSync(join(folder, 'token'), 'second\n');
    first.end();
    const second = await api.watch();
    expect(api.requests.at(-1)?.token).toBe('second');
    second.write(watchEvent('MODIFIED', slice('a', ['10.0.0.3']), 6));
    expect(await source.urls()).toEqual(at(3));
  });

  it('says that its token is refused, keeps asking, and recovers', async () => {
    api.tokens.clear();
    const source = open();
    expect(await source.reports.take()).toContain('does not accept the token');
    api.tokens.add('first');
    expect(await source.urls()).toEqual(at(1, 2));
    expect(await source.reports.take()).toBeNull();
  });

  it('yields nothing while the API server fails', async () => {
    api.failing = 500;
    const source = open();
    expect(await source.reports.take()).toContain('the API server answered 500: out of order');
    api.failing = null;
    expect(await source.urls()).toEqual(at(1, 2));
  });

  it('looks again while nobody is there', async () => {
    api.slices.clear();
    const source = open();
    expect(await source.urls()).toEqual([]);
    expect(await source.urls()).toEqual([]);
    api.slices.set('a', slice('a', ['10.0.0.1']));
    let urls = await source.urls();
    while (urls.length === 0) urls = await source.urls();
    expect(urls).toEqual(at(1));
  });

  it('does not trust a server with another certificate authority', async () => {
    writeFileSync(join(folder, 'ca.crt'), '');
    expect(await open().reports.take()).toMatch(/certificate/);
  });

  it('names the port that is missing, and the ports that there are', async () => {
    expect(await open({ port: 80 }).reports.take()).toBe(
      'service products offers the target ports graphql (4001); discovery.kubernetes.port is 80',
    );
  });

  it('says which file is missing outside of a pod', async () => {
    rmSync(join(folder, 'token'));
    expect(await open().reports.take()).toContain(join(folder, 'token'));
  });
});
