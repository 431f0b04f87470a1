import { invalidScope } from '@assent/protocol';
import type { ConsentVehicle } from '../src/consent-vehicle.js';

const prefix = 'accounts:';

/** The scope `accounts:` and the ConsentId, beside `openid` and nothing else. */
export const ksaVehicle: ConsentVehicle = {
  says: 'the scope accounts:<ConsentId>, beside openid alone',
  clause: 'KSA Open Banking, as the conformance suite has it (unverified)',
  scopePrefixes: [prefix],
  read({ scope }) {
    const named = scope.filter((one) => one.startsWith(prefix)).map((one) => one.slice(prefix.length));
    const [name, ...more] = named;
    if (name === undefined || name === '' || more.length > 0 || scope.length !== 2 || !scope.includes('openid')) throw invalidScope('scope must be exactly accounts:<ConsentId> and openid', 'ASSENT-KSA-01');
    return { kind: 'lodged', name };
  },
};
