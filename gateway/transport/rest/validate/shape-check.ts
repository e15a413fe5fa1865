import type { GraphQLSchema, StringValueNode } from 'graphql';
import type { Site } from '../model/site';

/** Where a mapping stands whose shape is looked at. */
export interface ShapeCheck {
  readonly site: Site;
  readonly node: StringValueNode;
  readonly schema: GraphQLSchema;
}
