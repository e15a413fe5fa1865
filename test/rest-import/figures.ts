/**
 * How much of OpenAPI documents is drafted: `node dist/test/rest-import/figures.js FILE…`, with the documents of npm packages such as
 * `@figma/rest-api-spec`, `@okta/openapi`, `@netlify/open-api`, `@octokit/openapi`, `petstore`, installed elsewhere. Each draft is checked and composed.
 */
import { importOpenapi } from '../../gateway/rest-import/import-openapi';
import { closeCompositionThread, composeSubgraphs } from '../../gateway/supergraph/compose';

const BESIDE = { name: 'beside', url: 'http://beside', sdl: 'type Query { beside: Boolean }' };

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(paths: readonly string[]): Promise<void> {
  const all = { operations: 0, imported: 0 };
  for (const path of paths) {
    const startedAt = performance.now();
    const { sdl, version, operations, imported, leftOut } = importOpenapi(path);
    const took = Math.round(performance.now() - startedAt);
    await composeSubgraphs([{ name: 'draft', url: 'http://draft', sdl }, BESIDE]);
    all.operations += operations;
    all.imported += imported;
    const share = ((100 * imported) / operations).toFixed(1);
    say(`${path} (${version}): ${imported} of ${operations}, ${share} %, in ${took} ms; composes`);
    for (const { operation, reason } of leftOut) say(`  ${operation} ${reason}`);
  }
  say(`${all.imported} of ${all.operations}, ${((100 * all.imported) / all.operations).toFixed(1)} %`);
  await closeCompositionThread();
}

main(process.argv.slice(2)).catch((error: unknown) => {
  say(String(error));
  process.exitCode = 1;
});
