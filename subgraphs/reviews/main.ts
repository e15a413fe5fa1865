import { runGraphqlService } from '../graphql-service';
import { resolvers } from './resolvers';

void runGraphqlService('reviews', resolvers);
