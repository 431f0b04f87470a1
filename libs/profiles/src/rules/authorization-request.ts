import {
  invalidRequest,
  invalidScope,
  unauthorizedClient,
  unsupportedResponseType,
} from '@assent/protocol';
import { rule, type Rule } from '../profile.js';
import { isHybrid, isJarmMode, modesOf, responseModeOf, responseTypeOf } from '../response-mode.js';
import { requestObjectRules } from './request-object.js';
import { mustSignResponses } from './signed-response.js';
import { isAllowedRedirectUri, isRegisteredRedirectUri } from '../redirect-uri.js';

const parOnly = rule({
  id: 'F2-AZ-03',
  clause: 'FAPI 2.0 SP 5.3.2.2-3',
  at: 'authorize',
  stops: ['A1', 'A3a'],
  says: 'refuses authorization requests that were not pushed',
  check: ({ viaPar }, { par }) =>
    viaPar || par !== 'required' ? undefined : invalidRequest('push the authorization request first', 'F2-AZ-03'),
});

const responseType = rule({
  id: 'F2-AZ-01',
  clause: 'FAPI 2.0 SP 5.3.2.2-1; FAPI 1.0 Advanced 5.2.2-2',
  at: 'par',
  stops: ['A1', 'A3a'],
  says: 'answers with a code, beside an ID token where the profile signs responses that way, and with nothing else',
  check: ({ form, client }, { responseTypes }) => {
    const type = responseTypeOf(form.one('response_type'));
    if (!responseTypes.includes(type)) return unsupportedResponseType(`response_type must be ${responseTypes.join(' or ')}`, 'F2-AZ-01');
    return client.response_types.includes(type)
      ? undefined
      : unauthorizedClient(`this client is not registered for response_type ${type}`, 'F2-AZ-01');
  },
});

const responseMode = rule({
  id: 'ASSENT-PAR-02',
  clause: 'OAuth 2.0 Multiple Response Types section 2.1; JARM section 2.3; FAPI 2.0 Message Signing 5.3.3',
  at: 'par',
  stops: [],
  says: 'answers only in a response mode it publishes and the client may use',
  check: ({ form, client }, policy) => {
    const mode = form.optional('response_mode');
    const allowed = modesOf(client, policy);
    if (mode === undefined || (policy.responseModes.includes(mode) && allowed.includes(mode))) return undefined;
    return invalidRequest(`response_mode must be ${allowed.join(' or ')}`, 'ASSENT-PAR-02');
  },
});

const postOverHttps = rule({
  id: 'ASSENT-PAR-03',
  clause: 'OAuth 2.0 Form Post Response Mode section 4',
  at: 'par',
  stops: ['A3b'],
  says: 'posts responses to https addresses only: a loopback address or an app cannot take a form',
  check: ({ form }) =>
    (form.optional('response_mode') ?? '').startsWith('form_post') && !form.one('redirect_uri').startsWith('https://')
      ? invalidRequest('response_mode form_post needs an https redirect_uri', 'ASSENT-PAR-03')
      : undefined,
});

const fragmentForIdToken = rule({
  id: 'F1A-ID-02',
  clause: 'OAuth 2.0 Multiple Response Types section 5; JARM section 2.3.1',
  at: 'par',
  stops: ['A3b'],
  says: 'keeps ID tokens out of queries, but for an encrypted response',
  check: ({ form, client }) => {
    const type = responseTypeOf(form.one('response_type'));
    const mode = responseModeOf(type, form.optional('response_mode'));
    if (!isHybrid(type) || !mode.startsWith('query')) return undefined;
    const encrypted = mode === 'query.jwt' && client.authorization_encrypted_response_alg !== undefined;
    return encrypted ? undefined : invalidRequest(`response_mode ${mode} cannot carry an ID token`, mode === 'query.jwt' ? 'JM-04' : 'F1A-ID-02');
  },
});

const signedResponse = rule({
  id: 'MS-JARM-01',
  clause: 'FAPI 2.0 Message Signing 5.4.1-1; FAPI 1.0 Advanced 5.2.2-2',
  at: 'par',
  stops: ['A1', 'A3a'],
  says: 'asks for a response that is signed: JARM, or an ID token beside the code',
  check: ({ form, client }, policy) => {
    const type = responseTypeOf(form.one('response_type'));
    const signed = isHybrid(type) || isJarmMode(responseModeOf(type, form.optional('response_mode')));
    return signed || !mustSignResponses(client, policy) ? undefined : invalidRequest('responses are signed here: ask for response_mode jwt', 'MS-JARM-01');
  },
});

const nonceOrState = rule({
  id: 'F1B-AS-15',
  clause: 'FAPI 1.0 Baseline 5.2.2.2, 5.2.2.3',
  at: 'par',
  stops: ['A1'],
  says: 'asks for a nonce with openid, for a state without, where the profile rests on them',
  check: ({ form }, policy) => {
    const openid = (form.optional('scope') ?? '').split(' ').includes('openid');
    if (policy.nonceOrState === 'optional' || form.has(openid ? 'nonce' : 'state')) return undefined;
    return invalidRequest(openid ? 'nonce is required' : 'state is required', 'F1B-AS-15');
  },
});

const hybrid = rule({
  id: 'F1A-ID-03',
  clause: 'OpenID Connect Core section 3.3.2.11; FAPI 1.0 Advanced 5.2.3.1',
  at: 'par',
  stops: ['A1'],
  says: 'gives an ID token through the browser only for openid, and only with a nonce',
  check: ({ form }) => {
    if (!isHybrid(responseTypeOf(form.one('response_type')))) return undefined;
    if (!(form.optional('scope') ?? '').split(' ').includes('openid')) return invalidScope('an ID token needs the scope openid', 'F1A-ID-03');
    return form.has('nonce') ? undefined : invalidRequest('nonce is required for an ID token through the browser', 'F1A-ID-03');
  },
});

const redirectUri = rule({
  id: 'F2-AZ-07',
  clause: 'FAPI 2.0 SP 5.3.2.2-6; RFC 9700 section 2.1',
  at: 'par',
  stops: ['A1', 'A2'],
  says: 'asks for a redirect_uri, and answers only to one it may use',
  check: ({ form, client }, { redirectUris }) => {
    const uri = form.one('redirect_uri');
    if (isRegisteredRedirectUri(client.redirect_uris, uri)) return undefined;
    if (redirectUris === 'registered') return invalidRequest('redirect_uri is not registered for this client', 'F2-AZ-07');
    return isAllowedRedirectUri(uri) ? undefined : invalidRequest('redirect_uri must be an https URL', 'F2-AZ-07');
  },
});

const pkce = rule({
  id: 'F2-AZ-05',
  clause: 'FAPI 2.0 SP 5.3.2.2-5',
  at: 'par',
  stops: ['A1', 'A3a', 'A3b'],
  says: 'asks for a PKCE challenge made with S256',
  check: ({ form, way }, { pkce: methods, pkceWhen }) => {
    const challenge = form.optional('code_challenge');
    if (challenge === undefined && pkceWhen === 'pushed' && way !== 'pushed') return undefined;
    if (challenge === undefined) return invalidRequest('code_challenge is required', 'F2-AZ-05');
    if (!(methods as readonly string[]).includes(form.optional('code_challenge_method') ?? 'plain'))
      return invalidRequest(`code_challenge_method must be ${methods.join(' or ')}`, 'F2-AZ-05');
    // base64url of a SHA-256 (RFC 7636 section 4.2)
    return /^[A-Za-z0-9_-]{43}$/.test(challenge)
      ? undefined
      : invalidRequest('code_challenge must be 43 base64url characters', 'F2-AZ-05');
  },
});

const nonceLength = rule({
  id: 'F2-AZ-21',
  clause: 'FAPI 2.0 SP 5.3.2.2-14',
  at: 'par',
  stops: [],
  says: 'refuses a nonce it would not return whole',
  check: ({ form }, { nonceMaxLength }) =>
    (form.optional('nonce')?.length ?? 0) > nonceMaxLength
      ? invalidRequest(`nonce may have at most ${nonceMaxLength} characters`, 'F2-AZ-21')
      : undefined,
});

const oneDpopKey = rule({
  id: 'F2-DP-16',
  clause: 'RFC 9449 section 10.1',
  at: 'par',
  stops: ['A3a', 'A5'],
  says: 'refuses two different keys for one code',
  check: ({ form, dpopProofJkt }) => {
    const jkt = form.optional('dpop_jkt');
    if (jkt === undefined || dpopProofJkt === undefined || jkt === dpopProofJkt) return undefined;
    return invalidRequest('dpop_jkt and the key of the DPoP proof differ', 'F2-DP-16');
  },
});

/** In the order in which they are judged. */
export const requestRules: readonly Rule[] = [
  parOnly,
  ...requestObjectRules,
  redirectUri,
  responseType,
  responseMode,
  postOverHttps,
  fragmentForIdToken,
  signedResponse,
  hybrid,
  nonceOrState,
  pkce,
  nonceLength,
  oneDpopKey,
];
