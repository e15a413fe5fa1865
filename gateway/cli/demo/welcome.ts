import type { RunningService } from './start-services';

export interface Addresses {
  /** Where GraphQL is served. */
  readonly graphql: string;
  readonly admin: string | null;
  readonly services: readonly RunningService[];
}

const SAMPLE = '{ products { name inStock averageRating warehouse { city manager { displayName } } } }';

/** What the demo prints once everything runs. */
export function welcome({ graphql, admin, services }: Addresses): string {
  const rows = services.map(({ instance, kind, url, weight, pid }) => [
    instance,
    kind,
    url,
    `weight ${weight}`,
    `pid ${pid}`,
  ]);
  const spare = services.find(
    ({ service }, index) => services.findIndex((other) => other.service === service) !== index,
  );
  return [
    '',
    'The Headgate demo is running.',
    '',
    `  GraphQL   ${graphql}   (GraphiQL when opened in a browser)`,
    `  admin     ${admin ?? 'off'}`,
    '',
    ...table(rows).map((row) => `  ${row}`),
    '',
    'Ask it something:',
    '',
    `  curl ${graphql} -H 'content-type: application/json' -d '{"query":"${SAMPLE}"}'`,
    '',
    ...(spare === undefined ? [] : [`Kill an instance (kill ${spare.pid}) and ask again: the others answer for it.`]),
    'Press Ctrl-C to stop.',
    '',
  ].join('\n');
}

function table(rows: readonly (readonly string[])[]): string[] {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(width(column)))
      .join('   ')
      .trimEnd(),
  );
}
