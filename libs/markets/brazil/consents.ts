import { plusSeconds, type LodgedConsent } from '@assent/protocol';
import { MarketRefusal } from '../src/refusal.js';
import type { ConsentDesk, MarketAnswer, MarketPorts, MarketRequest, MarketRoute } from '../src/route.js';
import { consentPrefix, statusOf } from './names.js';
import { verifyPermissions } from './permissions.js';
import { dataType } from './vocabulary.js';
import { answerOf, documentOf, Fields, instant, parseInstant } from './wire.js';

const clause = 'Open Finance Brasil consents API v3';
const path = '/open-banking/consents/v3/consents';
const kind = 'data';
/** The customer has an hour to say yes. */
const toAuthorise = 60 * 60;
const ofPersons = ['current', 'savings', 'card'];
const longest = 366 * 24 * 60 * 60;

/** Consents to share data: asked for, told of, ended. */
export const consentRoutes: readonly MarketRoute[] = [
  { method: 'POST', path, says: 'Lodges a consent to share data.', clause, access: { as: 'client', scope: 'consents' }, body: { as: 'json', malformed: { status: 400, code: 'PARAMETRO_INVALIDO' } }, answer: lodge },
  { method: 'GET', path: `${path}/:consentId`, says: 'Tells of a consent to share data.', clause, access: { as: 'client', scope: 'consents' }, answer: tell },
  { method: 'DELETE', path: `${path}/:consentId`, says: 'Ends a consent to share data, and all tokens that stand on it.', clause, access: { as: 'client', scope: 'consents' }, answer: end },
];

async function lodge(request: MarketRequest, { consents }: MarketPorts): Promise<MarketAnswer> {
  const { body = {}, now, url } = request;
  const data = new Fields(body, 400).object('data');
  const cpf = documentOf(data.object('loggedUser'), 'CPF');
  const company = data.optional('businessEntity');
  const cnpj = company && documentOf(company, 'CNPJ');
  const permissions = data.texts('permissions');
  verifyPermissions(permissions, { company: cnpj !== undefined });
  const expiresAt = readExpiry(data, now);
  const lodged = await consents.lodge({
    kind,
    namePrefix: consentPrefix(request),
    // Accounts of companies are shared under consents that name one, and no others under those.
    details: [{ type: dataType, permissions, expiresAt: instant(expiresAt), accountTypes: cnpj === undefined ? ofPersons : ['business'] }],
    document: body,
    expiresAt,
    authoriseBy: plusSeconds(now, toAuthorise),
    customerClaims: { cpf, ...(cnpj !== undefined && { cnpj }) },
  });
  if (lodged === 'exists') throw new MarketRefusal(409, 'CONFLITO', 'there is a consent of this name', 'ASSENT-BR-14');
  return answerOf(request, told(lodged, now), { status: 201, self: `${url}/${lodged.name}` });
}

/** At most a year from now; a year, when the consent does not say. */
function readExpiry(data: Fields, now: Date): Date {
  if (!data.has('expirationDateTime')) return wholeSeconds(plusSeconds(now, 365 * 24 * 60 * 60));
  const at = parseInstant(data.text('expirationDateTime', /./, 'a date and time in UTC such as 2027-05-31T12:00:00Z'));
  if (!at) throw data.wrong('expirationDateTime', 'a date and time in UTC such as 2027-05-31T12:00:00Z');
  if (at > now && at <= plusSeconds(now, longest)) return at;
  throw new MarketRefusal(422, 'DATA_EXPIRACAO_INVALIDA', 'data.expirationDateTime must lie in the future, and at most a year ahead', 'ASSENT-BR-15', { path: 'data.expirationDateTime' });
}

const wholeSeconds = (at: Date): Date => new Date(Math.floor(at.getTime() / 1000) * 1000);

async function tell(request: MarketRequest, { consents }: MarketPorts): Promise<MarketAnswer> {
  return answerOf(request, told(await found(request, consents), request.now));
}

async function end(request: MarketRequest, { consents }: MarketPorts): Promise<MarketAnswer> {
  const consent = await found(request, consents);
  const outcome = await consents.revoke(consent.name);
  if (outcome === 'unknown') throw unknown();
  if (outcome === 'not-active') throw new MarketRefusal(422, 'CONSENTIMENTO_EM_STATUS_REJEITADO', 'the consent had ended before', 'ASSENT-BR-16');
  return { status: 204 };
}

/** Of this client, and of this API. */
async function found({ params }: MarketRequest, consents: ConsentDesk): Promise<LodgedConsent> {
  const consent = await consents.find(params['consentId'] ?? '');
  if (consent?.kind !== kind) throw unknown();
  return consent;
}

const unknown = () => new MarketRefusal(404, 'NAO_ENCONTRADO', 'this client has no such consent', 'ASSENT-BR-17');

function told(consent: LodgedConsent, now: Date) {
  const { status, rejection } = statusOf(consent, now);
  const { permissions } = consent.document['data'] as { readonly permissions: readonly string[] };
  return {
    consentId: consent.name,
    creationDateTime: instant(consent.createdAt),
    status,
    statusUpdateDateTime: instant(consent.updatedAt),
    permissions,
    ...(consent.expiresAt && { expirationDateTime: instant(consent.expiresAt) }),
    ...(rejection && { rejection: { rejectedBy: rejection.rejectedBy, reason: { code: rejection.reason } } }),
  };
}
