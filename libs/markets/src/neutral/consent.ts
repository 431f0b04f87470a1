import { invalidScope } from '@assent/protocol';
import type { ConsentVehicle } from '../consent-vehicle.js';

const prefix = 'consent:';

/** The scope `consent:` and the name of the lodged consent. */
export const lodgedByScope: ConsentVehicle = {
  says: 'a scope that begins with consent:',
  clause: 'none: the platform’s own',
  scopePrefixes: [prefix],
  read({ scope }) {
    const [named, ...more] = scope.filter((one) => one.startsWith(prefix));
    if (more.length > 0) throw invalidScope('scope must name one consent', 'ASSENT-NEU-01');
    return named === undefined ? { kind: 'none' } : { kind: 'lodged', name: named.slice(prefix.length) };
  },
  idTokenClaims: ({ name }) => ({ consent: name }),
};
