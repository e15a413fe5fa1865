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

createRoot(container).render(
  <StrictMode>
    <GraphiQL
      fetcher={fetcher}
      plugins={[HISTORY_PLUGIN, QUERY_PLAN_PLUGIN]}
      defaultQuery={DEFAULT_QUERY}
      isHeadersEditorEnabled
      inputValueDeprecation
      schemaDescription
      {...operationOf(location.search)}
    >
      <GraphiQL.Logo>Headgate</GraphiQL.Logo>
    </GraphiQL>
  </StrictMode>,
);
