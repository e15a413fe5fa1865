const CONFIG = `# Headgate's configuration. Paths count from this file; unknown keys are errors. All keys with their defaults:
#   headgate config print      JSON Schema for editors: headgate config schema > headgate.schema.json
# yaml-language-server: $schema=./headgate.schema.json

server:
  listen: "127.0.0.1:4000" # for clients; 0.0.0.0:4000 for other machines

admin:
  listen: "127.0.0.1:4400" # health, metrics, registry, pools
  token: "\${env.HEADGATE_ADMIN_TOKEN:-}" # empty: only callers on this machine

supergraph:
  source: subgraphs # composed from those below | file: a composed one, with path | registry: published while it runs

subgraphs:
  products:
    schema: { file: ./subgraphs/products.graphql } # or { introspect: true }: the running subgraph is asked
    instances: # as many as there are; health-checked, and weighted
      - { url: "http://127.0.0.1:4001/graphql" }
  # A REST service, mapped to GraphQL in the SDL:
  # inventory:
  #   rest: ./subgraphs/inventory.rest.graphql
  #   sources: { api: { instances: [ { url: "http://127.0.0.1:4010" } ] } }

traffic_shaping:
  all:
    timeout: 10s # for one call of a subgraph
    retry: { max_attempts: 3 }

# headers: { all: { request: [ { propagate: { named: authorization } } ] } }
# limits: { max_depth: 50 }
# error_masking: { subgraphs: { products: { redact: false } } } # clients see its messages; --dev shows all of them
`;

const PRODUCTS = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])

type Query {
  products: [Product!]!
}

type Product @key(fields: "id") {
  id: ID!
  name: String!
}
`;

/** What \`headgate init\` writes: texts by path below the folder. */
export const STARTER_FILES: Readonly<Record<string, string>> = {
  'headgate.yaml': CONFIG,
  'subgraphs/products.graphql': PRODUCTS,
};
