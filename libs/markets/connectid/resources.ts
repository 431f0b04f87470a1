import type { ResourceDialect } from '../src/route.js';
import { connectIdError } from './errors.js';

/** UserInfo is the resource, at the authorization server: there is no consent API and there are no accounts. */
export const connectIdResources: ResourceDialect = {
  headers: { interactionId: { whenAbsent: 'refuse', whenMalformed: 'refuse' } },
  error: connectIdError,
  routes: [],
};
