import type { ClientKeys } from '@assent/crypto';
import type { MarketAnswer, MarketPorts, MarketRequest } from '@assent/markets';
import type { AuditLog, KeptAnswers, SpentMessages } from '@assent/protocol';
import { admit, type Admitted } from './admission.js';
import type { FoundRoute, MarketCall, MarketSite } from './call.js';
import { readContent } from './content.js';
import { answeredOnce, idempotencyKeyOf } from './idempotency.js';
import { verifyInteractionId } from './interaction-id.js';
import { accountReader, type AccountPorts } from './ports/accounts.js';
import { auditOf, type Asking } from './ports/asking.js';
import { consentDesk, type ConsentPorts } from './ports/consents.js';
import { paymentDesk, type PaymentPorts } from './ports/payments.js';
import { refusalFacts, type RefusalFacts } from './refusal-facts.js';
import type { Router } from './routing.js';
import { plainly, type Addressee, type WireAnswer } from './signed-answer.js';

/** What answers the calls of one site. */
export interface MarketApi extends AccountPorts, ConsentPorts, PaymentPorts {
  readonly site: MarketSite;
  readonly router: Router;
  readonly clientKeys: ClientKeys;
  readonly spentMessages: SpentMessages;
  readonly keptAnswers: KeptAnswers;
  readonly audit: AuditLog;
  readonly consents: ConsentPorts['consents'];
}

/** What became of a call: the answer as it goes out, the route it was for, and why it was refused if it was. */
export interface Answered {
  readonly answer: WireAnswer;
  readonly route: string | undefined;
  readonly refusal: RefusalFacts | undefined;
}

/** How far a call has come, for whoever has to tell of its refusal. */
interface Progress {
  found?: FoundRoute;
  admitted?: Admitted;
  headers: Readonly<Record<string, string>>;
}

/** Answers one call of a market's API. Every refusal is in the market's words; nothing is thrown. */
export async function answerCall(api: MarketApi, call: MarketCall): Promise<Answered> {
  const progress: Progress = { headers: {} };
  try {
    const answer = await answered(api, call, progress);
    return { answer, route: routeName(progress), refusal: undefined };
  } catch (error) {
    const refusal = refusalFacts(error);
    await writeDown(api, call, progress, refusal);
    return { answer: await refusedWith(api.site, call, refusal, progress), route: routeName(progress), refusal };
  }
}

/** The order of judgement. Each step takes what the one before proved. */
async function answered(api: MarketApi, call: MarketCall, progress: Progress): Promise<WireAnswer> {
  const { site } = api;
  const { headers: rules } = site.market.resources;
  verifyInteractionId(headersOf(call, 'x-fapi-interaction-id'), rules.interactionId);
  const header = (name: string) => headersOf(call, name)[0];
  const found = api.router(call, header);
  progress.found = found;
  const { route, params, version } = found;
  const admitted = await admit(site, route, call); // FAPI 1.0 Advanced 6.2.1, FAPI 2.0 SP 5.3.4
  progress.admitted = admitted;
  progress.headers = rules.read?.({ header, route, version, access: admitted.access, now: call.now }) ?? {};
  const body = route.body && (await readContent(site, route.body, call, admitted, api));
  const key = route.body && body && idempotencyKeyOf(site, admitted.access, route.body, body, call, headersOf(call, route.body.idempotencyKey?.header ?? ''));
  const request: MarketRequest = {
    route, version, params, body, header,
    issuer: site.issuer.issuer, base: site.base, url: site.base + call.path, query: new URLSearchParams(call.query),
    access: admitted.access, bank: site.bank, interactionId: call.interactionId, now: call.now,
  }; // prettier-ignore
  const asking: Asking = { site, found, call, admitted };
  const ports: MarketPorts = { accounts: accountReader(asking, api), consents: consentDesk(asking, api), payments: paymentDesk(asking, key, api) };
  const answer = () => route.answer(request, ports);
  const given = key ? await answeredOnce(api.keptAnswers, key, found, call.now, answer) : await answer();
  return written(site, call, given, progress);
}

async function written(site: MarketSite, call: MarketCall, { status, body, headers = {} }: MarketAnswer, progress: Progress): Promise<WireAnswer> {
  const signed = progress.found?.route.signed;
  const plain = { status, body, headers: { ...progress.headers, ...lower(headers) } };
  return signed && (status < 400 || signed.errors) ? site.sign(signed, plain, addressee(progress, call)) : plainly(plain);
}

const addressee = ({ admitted }: Progress, { now }: Pick<MarketCall, 'now'>): Addressee => ({ clientId: admitted?.access.clientId ?? '', organisationId: admitted?.access.organisationId, now });

/** In the market's format; signed where the market signs refusals, once it is known who calls. */
export async function refusedWith(site: MarketSite, call: Pick<MarketCall, 'interactionId' | 'now'>, refusal: RefusalFacts, progress: Progress = { headers: {} }): Promise<WireAnswer> {
  const { status, code, rule, description, title, path } = refusal;
  const told = site.market.resources.error({ status, code, rule, description, ...(title !== undefined && { title }), ...(path !== undefined && { path }), interactionId: call.interactionId, now: call.now });
  const plain = { status: told.status, body: told.body, headers: { ...progress.headers, ...lower(refusal.headers), ...lower(told.headers ?? {}) } };
  const signed = progress.found?.route.signed;
  return signed?.errors && progress.admitted && status < 500 ? site.sign(signed, plain, addressee(progress, call)) : plainly(plain);
}

/** Who tried to change something and was refused stands in the audit; who only asked does not. */
async function writeDown(api: MarketApi, call: MarketCall, { found, admitted }: Progress, refusal: RefusalFacts): Promise<void> {
  if (!found || !admitted?.verified || found.route.method === 'GET' || refusal.status >= 500 || refusal.audited) return;
  const event = auditOf({ site: api.site, found, call, admitted }, 'market.refused');
  await api.audit.append({ ...event, rule: refusal.rule, detail: { reason: refusal.description, address: `${found.route.method} ${found.route.path}` } });
}

const routeName = ({ found }: Progress): string | undefined => found?.route.path;

/** Every value of a header; `name` in any case. */
function headersOf({ message: { rawHeaders } }: Pick<MarketCall, 'message'>, name: string): readonly string[] {
  const wanted = name.toLowerCase();
  const values: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) if (rawHeaders[i]?.toLowerCase() === wanted) values.push((rawHeaders[i + 1] ?? '').trim());
  return values;
}

const lower = (headers: Readonly<Record<string, string>>): Record<string, string> => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
