import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Retention } from '../../gateway/registry/options';
import { openRegistry, type Registry } from '../../gateway/registry/registry';
import { openDirectoryStorage } from '../../gateway/registry/storage/directory/directory-storage';
import type { Storage } from '../../gateway/registry/storage/storage';
import { closeCompositionThread, composeSubgraphs } from '../../gateway/supergraph/compose';
import { readSupergraph } from '../../gateway/supergraph/read';
import { ownSdl } from '../fixtures/local-registry';
import { NO_PERMITS } from '../fixtures/permits';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const newDirectory = temporaryDirectories();
const BY = { actor: 'tester', message: null, vcs: { commit: null, author: null } };
const ALL = { before: null, limit: 1_000 };
const DAY_MS = 24 * 3_600_000;

let directory: string;
let storage: Storage;
let registry: Registry;

interface Opened {
  readonly retention: Retention | null;
  /** Later than the revisions, in milliseconds. */
  readonly laterMs?: number;
  readonly deliver?: (state: { readonly revision: number }) => Promise<void>;
  /** Whatever stands between the registry and its storage. */
  readonly through?: (storage: Storage) => Storage;
}

async function open({
  retention,
  laterMs = 0,
  deliver = async () => undefined,
  through = (real) => real,
}: Opened): Promise<void> {
  storage = await openDirectoryStorage(directory);
  registry = await openRegistry({
    storage: through(storage),
    compose: composeSubgraphs,
    validate: async (sdl) => {
      await readSupergraph(sdl);
      return [];
    },
    deliver,
    retention,
    now: () => Date.now() + laterMs,
  });
}

/** Closing waits for what is being pruned to end after its next step. */
async function reopen(opened: Opened): Promise<void> {
  await registry.close();
  await open(opened);
}

beforeEach(async () => {
  directory = newDirectory();
  await open({ retention: null });
});
afterEach(() => registry.close());
afterAll(() => closeCompositionThread());

/** A revision that only has another weight, so that nothing is composed. */
const publish = (weight: number, sdl = ownSdl('products')) =>
  registry.publish(
    'default',
    { name: 'products', sdl, instances: [{ url: 'http://127.0.0.1:4001/', weight }] },
    NO_PERMITS,
    BY,
  );

async function publishMany(from: number, to: number): Promise<void> {
  for (let weight = from; weight <= to; weight += 1) await publish(weight);
}

const held = async () => (await registry.revisions('default', ALL)).map(({ revision }) => revision);

/** Resolves when what was queued before it has been done: pruning too. A change that changes nothing. */
async function settle(): Promise<void> {
  const { state, sdl } = await registry.subgraph('default', 'products');
  await registry.publish('default', { name: 'products', sdl, instances: state.instances }, NO_PERMITS, BY);
}

/** The calls of a storage, to be spread. */
function bound(real: Storage): Storage {
  return {
    head: (graph) => real.head(graph),
    oldest: (graph) => real.oldest(graph),
    read: (graph, range) => real.read(graph, range),
    append: (graph, expected, event, blobs) => real.append(graph, expected, event, blobs),
    blob: (hash) => real.blob(hash),
    prune: (graph, pruning) => real.prune(graph, pruning),
    subscribe: (listener) => real.subscribe(listener),
    close: () => real.close(),
  };
}

function signal(): { readonly given: Promise<void>; readonly give: () => void } {
  let give = (): void => undefined;
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give: () => give() };
}

describe('retention of a registry', () => {
  it.each<readonly [string, Retention, number, readonly number[]]>([
    ['keeps everything within the count', { revisionsMax: 6, ageMs: 0 }, DAY_MS, [1, 2, 3, 4, 5, 6]],
    ['keeps everything within the age', { revisionsMax: 1, ageMs: 2 * DAY_MS }, DAY_MS, [1, 2, 3, 4, 5, 6]],
    ['prunes what is beyond both', { revisionsMax: 2, ageMs: DAY_MS }, 2 * DAY_MS, [5, 6]],
    ['never prunes the head', { revisionsMax: 1, ageMs: 0 }, DAY_MS, [6]],
  ])('%s, when it opens', async (_, retention, laterMs, kept) => {
    await publishMany(1, 6);
    await reopen({ retention, laterMs });
    await settle();
    expect(await held()).toEqual(kept);
    expect(await registry.pruned('default')).toBe(6 - kept.length);
  });

  it('keeps every text that a kept revision needs, and no other', async () => {
    await publish(1, ownSdl('products', ['id', 'a']));
    await publish(1, ownSdl('products', ['id', 'b']));
    await publish(1, ownSdl('products', ['id', 'c']));
    await publish(2, ownSdl('products', ['id', 'c']));
    await reopen({ retention: { revisionsMax: 2, ageMs: 0 }, laterMs: DAY_MS });
    await settle();
    // One SDL, one supergraph, two states.
    expect(readdirSync(join(directory, 'blobs'))).toHaveLength(4);
    expect((await registry.diff('default', 3, 4)).changes).toMatchObject([{ kind: 'instances' }]);
    expect(await registry.rollBack('default', 3, BY)).toMatchObject({ revision: 5, supergraphChanges: false });
    await reopen({ retention: null });
    expect(await held()).toEqual([3, 4, 5]);
    expect((await registry.subgraph('default', 'products')).state.instances).toMatchObject([{ weight: 1 }]);
  });

  it('says of a pruned revision that it was pruned, and by which key', async () => {
    await publishMany(1, 5);
    await reopen({ retention: { revisionsMax: 2, ageMs: 0 }, laterMs: DAY_MS });
    await settle();
    const pruned = {
      code: 'NOT_FOUND',
      message: expect.stringMatching(/revision 2 .* was pruned.*the oldest .* is 4.*registry\.retention/),
    };
    await expect(registry.rollBack('default', 2, BY)).rejects.toMatchObject(pruned);
    await expect(registry.revision('default', 2)).rejects.toMatchObject(pruned);
    await expect(registry.supergraph('default', 2)).rejects.toMatchObject(pruned);
    await expect(registry.diff('default', 2, 5)).rejects.toMatchObject(pruned);
    const unknown = { code: 'NOT_FOUND', message: expect.stringContaining('the newest is 5') };
    await expect(registry.revision('default', 6)).rejects.toMatchObject(unknown);
  });

  it('prunes now and then while it publishes, and not each time', async () => {
    await reopen({ retention: { revisionsMax: 10, ageMs: 0 }, laterMs: DAY_MS });
    await publishMany(1, 40);
    await settle();
    expect(await held()).toHaveLength(40);
    await publishMany(41, 70);
    await settle();
    const kept = await held();
    expect(kept.length).toBeGreaterThanOrEqual(10);
    expect(kept.length).toBeLessThan(40);
    expect(kept.at(-1)).toBe(70);
  });

  it('loses nothing of changes and reads that come while it prunes', async () => {
    await publishMany(1, 30);
    await reopen({ retention: { revisionsMax: 1, ageMs: 0 }, laterMs: DAY_MS });
    // Nothing waits for the pruning that opening began.
    const reads = await Promise.allSettled([
      ...Array.from({ length: 30 }, (_, n) => registry.diff('default', n + 1, 30)),
      registry.supergraph('default', null),
      registry.checkDelete('default', 'products').catch((error) => {
        expect(error).toMatchObject({ code: 'LAST_SUBGRAPH' });
      }),
      publishMany(101, 105),
    ]);
    const codes = reads.flatMap((read) => (read.status === 'rejected' ? [read.reason.code] : []));
    expect(codes.filter((code) => code !== 'NOT_FOUND')).toEqual([]);
    expect(reads.slice(-3).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    expect(await held()).toEqual([30, 31, 32, 33, 34, 35]);
  });

  it('says that a revision was pruned also when that happened while it was read', async () => {
    await publishMany(1, 5);
    const second = (await registry.revision('default', 2)).revision;
    const prunedMeanwhile = signal();
    const reading = signal();
    const through = (real: Storage): Storage => ({
      ...bound(real),
      blob: async (hash) => {
        if (hash === second.state) {
          reading.give();
          await prunedMeanwhile.given;
        }
        return real.blob(hash);
      },
    });
    // Nothing is pruned before a head is delivered, and this one is not at first.
    let broken = true;
    const deliver = async () => {
      if (broken) throw new Error('no memory');
    };
    await reopen({ retention: { revisionsMax: 1, ageMs: 0 }, laterMs: DAY_MS, deliver, through });
    const read = registry.revision('default', 2);
    await reading.given;
    broken = false;
    await publish(6);
    await settle();
    expect(await held()).toEqual([6]);
    prunedMeanwhile.give();
    await expect(read).rejects.toMatchObject({ code: 'NOT_FOUND', message: expect.stringContaining('was pruned') });
  });

  it('keeps what is served when a newer one was stored before it pruned, and cannot be served', async () => {
    await reopen({
      retention: { revisionsMax: 1, ageMs: 0 },
      laterMs: DAY_MS,
      deliver: async ({ revision }) => {
        if (revision === 2) throw new Error('no memory');
      },
    });
    const [first, second] = await Promise.allSettled([publish(1), publish(2)]);
    expect(first).toMatchObject({ status: 'fulfilled', value: { revision: 1 } });
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'REVISION_NOT_SERVED' } });
    await reopen({ retention: null });
    expect(await held()).toEqual([1, 2]);
    expect(await registry.rollBack('default', 1, BY)).toMatchObject({ revision: 3 });
  });

  it('prunes nothing while it is not known what is served', async () => {
    await publishMany(1, 5);
    const retention = { revisionsMax: 1, ageMs: 0 };
    const broken = { now: true };
    const deliver = async () => {
      if (broken.now) throw new Error('no memory');
    };
    await reopen({ retention, laterMs: DAY_MS, deliver });
    await expect(publish(6)).rejects.toMatchObject({ code: 'REVISION_NOT_SERVED' });
    expect(await held()).toEqual([1, 2, 3, 4, 5, 6]);
    broken.now = false;
    expect(await registry.rollBack('default', 5, BY)).toMatchObject({ revision: 7 });
    await settle();
    expect(await held()).toEqual([7]);
  });

  it('goes on when nothing can be pruned, and prunes when it can again', async () => {
    await publishMany(1, 5);
    const [, , third] = await registry.revisions('default', ALL);
    rmSync(join(directory, 'blobs', third?.state ?? ''));
    await reopen({ retention: { revisionsMax: 3, ageMs: 0 }, laterMs: DAY_MS });
    expect(await publish(6)).toMatchObject({ revision: 6 });
    expect(await held()).toEqual([3, 4, 5, 6]);
    // The damaged one goes too, once it is out of retention.
    await reopen({ retention: { revisionsMax: 3, ageMs: 0 }, laterMs: DAY_MS });
    await settle();
    expect(await held()).toEqual([4, 5, 6]);
    expect(readdirSync(join(directory, 'blobs'))).toHaveLength(5);
  });
});
