import { languageOf, plainText, someOf, unionOf, among, asGranted, type DataPresentation, type DetailType } from '@assent/authorization-details';
import type { AuthorizationDetail } from '@assent/protocol';
import type { MarketDetailType } from '../../src/detail.js';
import { verifiedClaims } from '../verified.js';
import { clusterIdsOf, connectIdVocabulary, texts } from '../vocabulary.js';

/** Why a request wants to know who somebody is, and what the bank is to vouch for: made of `purpose` and `claims`. */
export interface Identity extends AuthorizationDetail {
  readonly purpose: string;
  /** Claims of `verified_claims`, by where they are to be told. */
  readonly inIdToken?: readonly string[];
  readonly inUserinfo?: readonly string[];
  /** Where the number of the transaction is to be told. */
  readonly txn?: readonly ('id_token' | 'userinfo')[];
}

export const identityType = 'urn:assent:connectid:identity';

const isWithin = (asked: Identity, granted: Identity): boolean =>
  asGranted(asked.purpose, granted.purpose) && among(asked.inIdToken ?? [], granted.inIdToken ?? []) && among(asked.inUserinfo ?? [], granted.inUserinfo ?? []) && among(asked.txn ?? [], granted.txn ?? []);

const rules: DetailType<Identity> = {
  type: identityType,
  kind: 'data',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['type', 'purpose'],
    properties: { type: { const: identityType }, purpose: plainText(300), inIdToken: someOf(verifiedClaims), inUserinfo: someOf(verifiedClaims), txn: someOf(['id_token', 'userinfo']) },
  },
  isWithin,
  merge: (existing, added) => unionOf([...existing, ...added], { isWithin, lists: [] }),
  enrich: (detail) => detail,
  picks: () => 'nothing',
  withoutAccount: (detail) => detail,
  present,
  enforced: ['verified_claims carries the claims named, and no others; no account data is opened.'],
};

/** Internal: no request may send it, and no answer tells it. */
export const identity: MarketDetailType = { ...rules, lodged: true };

/** Why, in the client's own words, and what the bank vouches for. */
function present({ purpose, inIdToken = [], inUserinfo = [] }: Identity, locale: string): DataPresentation {
  const language = languageOf(locale);
  const clusters = clusterIdsOf([...inIdToken, ...inUserinfo]).map((id) => ({ id, ...(connectIdVocabulary.clusters[id] as NonNullable<(typeof connectIdVocabulary)['clusters'][string]>)[language] }));
  return {
    kind: 'data',
    ofAccounts: false,
    clusters,
    terms: [{ id: 'purpose', term: texts[language], value: purpose, quoted: true }],
  };
}
