import { isUnavailable } from '@assent/persistence';
import { temporarilyUnavailable, type Grants } from '@assent/protocol';

/** The grants, or 503 with the time to come again, when there is no getting at them (GM-API-08). */
export function whenAvailable(grants: Pick<Grants, 'find' | 'revoke'>): Pick<Grants, 'find' | 'revoke'> {
  const reached = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      throw isUnavailable(error) ? temporarilyUnavailable('the grants cannot be reached at the moment', 'GM-API-08', error).withHeaders({ 'Retry-After': '2' }) : error;
    }
  };
  return { find: (grantId) => reached(grants.find(grantId)), revoke: (decision) => reached(grants.revoke(decision)) };
}
