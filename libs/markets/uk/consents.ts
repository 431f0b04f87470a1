import type { LodgedConsent } from '@assent/protocol';
import { MarketRefusal } from '../src/refusal.js';
import type { MarketRoute } from '../src/route.js';
import { answerWith, deleteConsent, findConsent, readAccountConsent, type AccountConsentRules } from '../src/read-write/index.js';
import { accountAccess, namePrefixes } from './details.js';
import { ukCodes } from './errors.js';
import { stateOf } from './state.js';
import { ukVocabulary } from './vocabulary.js';

export const aisp = '/open-banking/v4.0/aisp';
export const accountClause = 'Open Banking Account and Transaction API v4.0';
const kind = 'account-access';
const path = `${aisp}/account-access-consents`;
const access = { as: 'client', scope: 'accounts' } as const;
const fields = { codes: ukCodes };

const rules: AccountConsentRules = { type: accountAccess.type, kind, namePrefix: namePrefixes.accounts, permissions: Object.keys(ukVocabulary.permissions), codes: ukCodes };

export const accountConsentRoutes: readonly MarketRoute[] = [
  {
    method: 'POST',
    path,
    says: 'Lodges a consent to see accounts.',
    clause: `${accountClause}, Account Access Consents`,
    access,
    body: { as: 'json', malformed: { status: 400, code: ukCodes.schema } },
    async answer(request, { consents }) {
      const { consent } = readAccountConsent(request.body, rules, request.now);
      const lodged = await consents.lodge(consent);
      if (lodged === 'exists') throw new MarketRefusal(409, ukCodes.exists, 'there is a consent of this name', 'ASSENT-RW-04');
      return answerWith(request, accountConsentData(lodged), { status: 201, self: `${request.url}/${lodged.name}`, risk: lodged.document['Risk'] });
    },
  },
  {
    method: 'GET',
    path: `${path}/:ConsentId`,
    says: 'Tells of a consent and its state.',
    clause: `${accountClause}, Account Access Consents`,
    access,
    async answer(request, { consents }) {
      const consent = await findConsent(consents, request.params['ConsentId'] ?? '', kind, fields);
      return answerWith(request, accountConsentData(consent), { risk: consent.document['Risk'] });
    },
  },
  {
    method: 'DELETE',
    path: `${path}/:ConsentId`,
    says: 'Ends a consent, and with it every token that stands on it.',
    clause: `${accountClause}, Consent Revocation`,
    access,
    async answer({ params }, { consents }) {
      await deleteConsent(consents, params['ConsentId'] ?? '', kind, fields);
      return { status: 204 };
    },
  },
];

const accountConsentData = (consent: LodgedConsent) => ({ ...(consent.document['Data'] as object), ...stateOf(consent) });
