export const DEFAULT_QUERY = `# One schema, composed from every subgraph.
#
# Ctrl-Space  completes a field or an argument
# Ctrl-Enter  runs the operation at the cursor
#
# The sidebar has the docs, your history and
# the query plan: who answered, and how fast.

query FirstLook {
  __typename
}
`;
