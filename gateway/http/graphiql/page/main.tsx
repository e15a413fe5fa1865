import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { DEFAULT_QUERY } from './default-query';
import { createFetcher } from './fetcher';
import { operationOf } from './operation-of-address';
import { showDetails } from './query-plan/latest-details';
import { QUERY_PLAN_PLUGIN } from './query-plan/plugin';
import './main.css';

const container = document.getElementById('headgate');
if (container === null) throw new Error('the page has no element #headgate');

// GraphQL is served at the very address of this page.
const fetcher = createFetcher(location.pathname, showDetails);

/** Many tabs do not fit on a phone: the one that is worked in must be seen. */
function showActiveTab(): void {
  setTimeout(
    () =>
      document.querySelector('[role=tab][aria-selected=true]')?.scrollIntoView({ block: 'nearest', inline: 'center' }),
    50,
  );
}

createRoot(container).render(
  <StrictMode>
    <GraphiQL
      fetcher={fetcher}
      plugins={[HISTORY_PLUGIN, QUERY_PLAN_PLUGIN]}
      defaultQuery={container.dataset.defaultQuery || DEFAULT_QUERY}
      isHeadersEditorEnabled
      onTabChange={showActiveTab}
      inputValueDeprecation
      schemaDescription
      {...operationOf(location.search)}
    >
      <GraphiQL.Logo>Headgate</GraphiQL.Logo>
    </GraphiQL>
  </StrictMode>,
);
