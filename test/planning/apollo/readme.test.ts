import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { operationFromDocument, ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from '@apollo/federation-internals';
import { QueryPlanner } from '@apollo/query-planner';
import { parse } from 'graphql';
import { packageRoot } from '../../../gateway/package-root';
import { createApolloPlanner } from '../../../gateway/planning/apollo/planner';
import { toPlan } from '../../../gateway/planning/apollo/to-plan';
import { printPlan } from '../../../gateway/planning/print-plan';
import { privateNames } from '../../../gateway/planning/private-names';
import { composed } from '../../fixtures/hand-written-plan';

const FOLDER = join(packageRoot, 'gateway', 'planning', 'apollo');
const TEXT = readFileSync(join(FOLDER, 'README.md'), 'utf8');
const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@external", "@requires", "@shareable", "@interfaceObject", "@override"])`;
const PLANNING = { deadlineMs: 60_000, queueMax: 10, cacheMax: 10, fetchesMax: 500, workers: 1 };

interface Example {
  readonly title: string;
  readonly sdls: Readonly<Record<string, string>>;
  readonly operations: readonly { readonly label: string | null; readonly text: string; readonly refused: boolean }[];
}

function readExample(title: string, block: string): Example {
  const parts = block.split(/^# /m).slice(1);
  const named = parts.map((part) => {
    const [head = '', ...lines] = part.split('\n');
    return { head, text: lines.join('\n') };
  });
  const subgraphs = named.filter(({ head }) => head.startsWith('subgraph '));
  return {
    title,
    sdls: Object.fromEntries(subgraphs.map(({ head, text }) => [head.slice('subgraph '.length), `${LINK}\n${text}`])),
    operations: named
      .filter((one) => !subgraphs.includes(one))
      .map(({ head, text }) => ({ label: / label (\w+)$/.exec(head)?.[1] ?? null, text, refused: head === 'refused' })),
  };
}

function examples(text: string): readonly Example[] {
  return text
    .split(/^### /m)
    .slice(1)
    .flatMap((section) => {
      const [title = ''] = section.split('\n');
      return [...section.matchAll(/^```graphql\n([\s\S]*?)^```/gm)].map(([, block = '']) => readExample(title, block));
    });
}

/** What the planner makes of an operation by itself, or what it says. */
function plannedAlone(sdl: string, query: string, labels: readonly string[]): string {
  const options = { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, validateSupergraph: false };
  const supergraph = Supergraph.build(sdl, options);
  const overrideConditions = new Map(labels.map((label) => [label, true]));
  const names = privateNames({ names: new Set(), ofInterfaceObjects: [] });
  try {
    const operation = operationFromDocument(supergraph.apiSchema(), parse(query), { validate: false });
    return printPlan(toPlan(new QueryPlanner(supergraph).buildQueryPlan(operation, { overrideConditions }), names));
  } catch (error) {
    return String(error);
  }
}

async function planned(sdl: string, query: string, labels: readonly string[]): Promise<string> {
  const planner = await createApolloPlanner(sdl, PLANNING);
  try {
    return printPlan(await planner.plan({ query, operationName: null, labels }));
  } finally {
    await planner.close();
  }
}

const ALL = examples(TEXT);

describe('the defects that README.md tells of', () => {
  it('are those of the planner that is installed', () => {
    expect(ALL.length).toBeGreaterThan(15);
    const file = join(packageRoot, 'node_modules', '@apollo', 'query-planner', 'package.json');
    expect(TEXT).toContain(`\`@apollo/query-planner\` ${JSON.parse(readFileSync(file, 'utf8')).version} `);
  });

  it.each(ALL)('$title', async ({ sdls, operations }) => {
    const { sdl } = await composed(sdls);
    expect(operations.length).toBeGreaterThan(0);
    for (const { text, label, refused } of operations) {
      const labels = label === null ? [] : [label];
      if (refused) await expect(planned(sdl, text, labels)).rejects.toMatchObject({ code: 'PLANNING_FAILED' });
      else expect(await planned(sdl, text, labels)).not.toBe(plannedAlone(sdl, text, labels));
    }
  });

  it('would not be told of an operation that the planner plans well', async () => {
    const { sdl } = await composed(ALL[0]?.sdls ?? {});
    const query = '{ product { name } stocked { id } }';
    expect(await planned(sdl, query, [])).toBe(plannedAlone(sdl, query, []));
  });

  it('name every file beside README.md', () => {
    const files = readdirSync(FOLDER).filter((file) => file.endsWith('.ts'));
    expect(files.length).toBeGreaterThan(15);
    expect(files.filter((file) => !TEXT.includes(`(${file})`))).toEqual([]);
  });
});
