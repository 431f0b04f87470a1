import { httpSignaturesOf, keepsEvidence, mustSignRequests, mustSignResponses, signsIntrospection } from '@assent/profiles';
import type { Client } from '@assent/protocol';
import type { ControlId } from '../model/controls.js';
import { asserting, clientsOf, named, ownSites, thirdParties, type Facts } from './facts.js';

/** Whether a control is there, and by what it is told. `absent`: nothing of the kind exists here for it to control. */
export interface State {
  readonly state: 'on' | 'off' | 'absent';
  readonly because: string;
}
type Judge = (facts: Facts) => State;

const on = (because: string): State => ({ state: 'on', because });
const off = (because: string): State => ({ state: 'off', because });
const absent = (because: string): State => ({ state: 'absent', because });
const when = (holds: boolean, yes: string, no = yes): State => (holds ? on(yes) : off(no));

const everyOne = (clients: readonly Client[], does: (client: Client) => boolean, what: string): State => {
  const others = clients.filter((client) => !does(client));
  return when(others.length === 0, `${what}: every client`, `${what}: not ${named(others)}`);
};

const atMost = (seconds: number, limit: number, what: string): State => when(seconds <= limit, `${what}: ${seconds} s`, `${what}: ${seconds} s, where ${limit} s are the most`);

const isBound = (client: Client): boolean => client.dpop_bound_access_tokens || client.tls_client_certificate_bound_access_tokens;
const byDpop: Judge = ({ issuer }) => (issuer.policy.senderConstraint.includes('dpop') ? on('always, whatever is configured') : absent('this issuer knows no DPoP'));
const ofGrants: Judge = ({ issuer }) => (issuer.grantManagement.actions.length > 0 ? on('always, whatever is configured') : absent('this issuer offers no grant management'));
const atOwnSites: Judge = (facts) => (ownSites(facts).length > 0 ? on('our own sites, always') : absent('no site of this deployment signs in here'));
const byBackchannel = (judge: Judge): Judge => (facts) => (facts.issuer.policy.ciba === 'on' ? judge(facts) : absent('this issuer takes no requests by the back channel'));
/** Nobody looks through more at once with care. */
const mostPending = 50;
const strong = ['PS256', 'ES256', 'EdDSA', 'Ed25519'];

/** Controls that configuration, profile or clients can switch. All others are in the code, always. */
export const judgements: { readonly [K in ControlId]?: Judge } = {
  'pushed-requests': ({ issuer }) =>
    issuer.policy.par === 'required' ? on('par: required') : everyOne(thirdParties(issuer), ({ require_pushed_authorization_requests: own }) => own === true, 'par: allowed; pushed by registration'),
  'signed-requests': ({ issuer }) => everyOne(thirdParties(issuer), (client) => mustSignRequests(client, issuer.policy), `requestObject: ${issuer.policy.requestObject}`),
  'request-uri-short': ({ issuer }) => when(issuer.policy.requestUriLifetime < 600, `requestUriLifetime: ${issuer.policy.requestUriLifetime} s`),
  'pkce-demanded': ({ issuer: { policy } }) => when(policy.pkce.length > 0 && (policy.pkceWhen === 'always' || policy.par === 'required'), `pkce: ${policy.pkce.join(', ') || 'none'}, ${policy.pkceWhen}`),
  'code-short': ({ issuer }) => atMost(issuer.policy.codeLifetime, 60, 'codeLifetime'),
  'nonce-or-state': ({ issuer }) => when(issuer.policy.nonceOrState === 'required', `nonceOrState: ${issuer.policy.nonceOrState}`),
  'redirect-uri-registered': ({ issuer: { policy } }) => when(policy.redirectUris === 'registered' || policy.par === 'required', `redirectUris: ${policy.redirectUris}, par: ${policy.par}`),
  'issuer-in-response': ({ issuer }) => when(issuer.policy.issInResponse, `issInResponse: ${String(issuer.policy.issInResponse)}`),
  'signed-responses': ({ issuer }) => everyOne(thirdParties(issuer), (client) => mustSignResponses(client, issuer.policy), `signedResponse: ${issuer.policy.signedResponse}`),
  'client-authentication': ({ issuer }) => everyOne(clientsOf(issuer), (client) => client.token_endpoint_auth_method !== 'none', 'authenticated'),
  'assertion-audience': ({ issuer }) => when(issuer.policy.assertionAudience === 'issuer', `assertionAudience: ${issuer.policy.assertionAudience} (${issuer.rules.sources.assertionAudience})`),
  'assertion-short': ({ issuer }) => atMost(issuer.policy.clientAssertionMaxLifetime, 3600, 'clientAssertionMaxLifetime'),
  'assertion-genuine': ({ issuer: { policy } }) =>
    when(policy.algs.every((alg) => strong.includes(alg)) && policy.minimumRsaBits >= 2048 && policy.minimumEcBits >= 224, `algs: ${policy.algs.join(', ')}; RSA from ${policy.minimumRsaBits}, EC from ${policy.minimumEcBits} bits`),
  'tokens-bound': ({ issuer }) => (issuer.policy.senderConstraint.includes('none') ? everyOne(clientsOf(issuer), isBound, 'bearer tokens are allowed; bound by registration') : on(`senderConstraint: ${issuer.policy.senderConstraint.join(', ')}`)),
  'token-short': ({ issuer }) => {
    const bearer = issuer.policy.senderConstraint.includes('none') && !clientsOf(issuer).every(isBound);
    return atMost(issuer.policy.accessTokenLifetime, bearer ? 600 : 3600, `accessTokenLifetime${bearer ? ' of bearer tokens' : ''}`);
  },
  'introspection-by-role': ({ issuer }) => {
    const both = thirdParties(issuer).filter(({ introspection = [] }) => introspection.length > 0);
    return when(both.length === 0, 'resource servers have clients of their own', `may ask about tokens of others, and is a third party: ${named(both)}`);
  },
  'no-downgrade': byDpop, 'proof-genuine': byDpop, 'proof-once': byDpop, 'proof-of-its-request': byDpop, 'proof-of-its-token': byDpop, 'code-of-its-key': byDpop,
  'proof-recent': (facts) => (byDpop(facts).state === 'absent' ? byDpop(facts) : atMost(facts.issuer.policy.dpopProofMaxAge, 300, 'dpopProofMaxAge')),
  'proof-nonce': (facts) => (byDpop(facts).state === 'absent' ? byDpop(facts) : when(facts.issuer.policy.dpopNonce === 'required', `dpopNonce: ${facts.issuer.policy.dpopNonce}`)),
  'signed-messages': ({ issuer }) => everyOne(thirdParties(issuer), (client) => httpSignaturesOf(client, issuer.policy) === 'required', `httpSignatures: ${issuer.policy.httpSignatures}`),
  'certificate-from-connection': ({ deployment }) => {
    const servers = [deployment.authorizationServer, deployment.resourceServer, deployment.grantManagement];
    const wide = servers.flatMap(({ proxy }) => (proxy && proxy.clientCertificateHeader !== 'none' ? proxy.trustedAddresses.filter(isWide) : []));
    return when(wide.length === 0, 'only configured proxies speak for certificates', `proxy.trustedAddresses trusts almost everybody: ${wide.join(', ')}`);
  },
  'signed-introspection': ({ issuer, deployment: { resourceServer } }) => {
    if (resourceServer.verification === 'jwt' || issuer.market) return absent('the resource server reads tokens itself');
    const askers = issuer.clients.filter(({ client_id: id, introspection = [] }) => introspection.length > 0 || id === resourceServer.introspectionClientId);
    return everyOne(askers, (client) => signsIntrospection(client, issuer.policy), `signedIntrospection: ${issuer.policy.signedIntrospection}`);
  },
  'evidence-kept': ({ issuer }) => everyOne(thirdParties(issuer), (client) => keepsEvidence(client, issuer.policy), `evidence: ${issuer.policy.evidence}`),
  'tls-only': ({ deployment: { authorizationServer, resourceServer, grantManagement }, issuer }) => {
    const urls = [issuer.issuer, authorizationServer.publicUrl, authorizationServer.mtlsUrl, resourceServer.publicUrl, grantManagement.publicUrl, grantManagement.dashboard.publicUrl, grantManagement.staff.publicUrl];
    const plain = urls.filter((url) => url?.startsWith('http:'));
    return when(plain.length === 0, 'every public address is https', `plain http: ${plain.join(', ')}`);
  },
  'sign-in-brake': ({ deployment }) => {
    const { attempts } = deployment.authorizationServer.loginThrottle;
    return when(attempts <= 100, `loginThrottle.attempts: ${attempts}`, `loginThrottle.attempts: ${attempts}, where 100 are the most (NIST SP 800-63B 5.2.2)`);
  },
  'grant-of-its-client': ofGrants, 'grant-version-floor': ofGrants,
  'backchannel-context': byBackchannel(({ issuer }) => {
    // FAPI-CIBA 5.2.2-2: a unique context in the request does as well, which a market has in its consents.
    const consent = issuer.market && issuer.rules.loosenings.cibaBindingMessage?.why;
    return consent === undefined ? when(issuer.policy.cibaBindingMessage === 'required', `cibaBindingMessage: ${issuer.policy.cibaBindingMessage}`) : on(consent);
  }),
  'backchannel-asked-for': byBackchannel(({ issuer }) => on(`cibaRequestSigned: ${issuer.policy.cibaRequestSigned}`)),
  'backchannel-brake': byBackchannel(({ issuer: { ciba } }) => {
    const told = `ciba.pendingPerCustomer: ${ciba.pendingPerCustomer}`;
    return when(ciba.pendingPerCustomer <= mostPending, told, `${told}, where ${mostPending} are the most`);
  }),
  'decided-alone': byBackchannel(() => on('always, whatever is configured')),
  'backchannel-of-its-client': byBackchannel(() => on('always, whatever is configured')),
  'no-push-mode': byBackchannel(({ issuer }) => on(`cibaDelivery: ${issuer.policy.cibaDelivery.join(', ')}`)),
  'acted-on-with-token': ({ issuer }) => (issuer.authorizationDetailsTypes.some((type) => type.includes('payment')) || issuer.market?.details.some(({ kind }) => kind === 'payment') ? on('always, whatever is configured') : absent('nothing is executed for this issuer’s customers')),
  'response-of-its-browser': atOwnSites, 'id-token-of-its-token': atOwnSites, 'own-way-back': atOwnSites,
}; // prettier-ignore

/** A range that holds a sixteenth of all addresses, or more. */
const isWide = (range: string): boolean => Number(/\/(\d+)$/.exec(range)?.[1] ?? 128) < 5;

export const stateOf = (control: ControlId, facts: Facts): State => judgements[control]?.(facts) ?? on('always, whatever is configured');

/** Clients whose assertions may be taken for those of another issuer: only these make audience injection possible. */
export const hasAssertions = ({ issuer }: Facts): boolean => asserting(issuer).length > 0;
