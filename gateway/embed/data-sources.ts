import type { GraphQLDataSource, ServiceEndpointDefinition } from '@apollo/gateway';

type Build = (definition: ServiceEndpointDefinition) => GraphQLDataSource;

/** One data source for each subgraph, for as long as its URL stays. */
export class DataSources {
  readonly #build: Build;
  readonly #known = new Map<string, { readonly url: string; readonly source: GraphQLDataSource }>();

  constructor(build: Build) {
    this.#build = build;
  }

  of(definition: ServiceEndpointDefinition): GraphQLDataSource {
    const { name, url = '' } = definition;
    const known = this.#known.get(name);
    if (known?.url === url) return known.source;
    const source = this.#build({ name, url });
    this.#known.set(name, { url, source });
    return source;
  }
}
