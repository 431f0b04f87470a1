import { invalidRequest, invalidScope } from '@assent/protocol';
import type { ConsentVehicle } from '../src/consent-vehicle.js';

const prefix = 'consent:';

/** The names this bank gives its consents (`names.ts`) and no others: a URN whose characters a scope may hold. */
const urn = /^urn:[A-Za-z0-9][A-Za-z0-9-]{0,31}:[A-Za-z0-9()+,.:=@;$_!*'%/?#-]{1,200}$/;

/** Scopes that open a customer's data or money: with them a request names the consent it is about. */
export const consentedScopes: readonly string[] = [
  'accounts', 'credit-cards-accounts', 'customers', 'invoice-financings', 'financings', 'loans', 'unarranged-accounts-overdraft', 'resources', 'payments',
]; // prettier-ignore

/** The lodged consent in a dynamic scope; by the back channel, in the hint. */
export const consentScope: ConsentVehicle = {
  says: 'the scope consent:<id>; by the back channel, login_hint',
  clause: 'Open Finance Brasil security profile 7.1.2; Open Finance Brasil CIBA 1.0 ID3',
  scopePrefixes: [prefix],
  read({ scope, backchannel, parameter }) {
    if (backchannel) refuseOtherHints(parameter);
    const names = [...new Set([...scope.filter((one) => one.startsWith(prefix)).map((one) => one.slice(prefix.length)), ...(backchannel ? hinted(parameter('login_hint')) : [])])];
    const [name] = names;
    if (names.length > 1) throw invalidScope('a request names one consent', 'ASSENT-BR-02');
    if (name !== undefined && !urn.test(name)) throw invalidScope(`scope must name a consent as ${prefix}urn:<bank>:<id>`, 'ASSENT-BR-02');
    if (name !== undefined) return { kind: 'lodged', name };
    const [needing] = scope.filter((one) => consentedScopes.includes(one));
    if (needing !== undefined) throw invalidScope(`scope must name the consent that ${needing} is asked for under, as ${prefix}urn:<bank>:<id>`, 'ASSENT-BR-02');
    return { kind: 'none' };
  },
};

const hinted = (hint: string | undefined): readonly string[] => (hint === undefined ? [] : [hint]);

function refuseOtherHints(parameter: (name: string) => string | undefined): void {
  if (parameter('id_token_hint') !== undefined) throw invalidRequest('id_token_hint is not accepted here: it may hold personal data', 'ASSENT-BR-01');
  if (parameter('login_hint') === undefined) throw invalidRequest('login_hint must hold the id of the consent', 'ASSENT-BR-03');
}
