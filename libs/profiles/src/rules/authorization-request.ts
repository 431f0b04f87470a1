import {
  invalidRequest,
  requestNotSupported,
  unauthorizedClient,
  unsupportedResponseType,
} from '@assent/protocol';
import { rule, type Rule } from '../profile.js';
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

const noNestedRequest = rule({
  id: 'F2-AZ-17',
  clause: 'RFC 9126 section 2.1',
  at: 'par',
  stops: ['A1'],
  says: 'refuses a pushed request that names a request_uri',
  check: ({ form }) =>
    form.has('request_uri') ? invalidRequest('request_uri cannot be pushed', 'F2-AZ-17') : undefined,
});

const noRequestObject = rule({
  id: 'ASSENT-PAR-01',
  clause: 'OpenID Connect Core section 6.1',
  at: 'par',
  stops: [],
  says: 'refuses request objects, which this profile does not use',
  check: ({ form }) =>
    form.has('request') ? requestNotSupported('request objects are not supported here', 'ASSENT-PAR-01') : undefined,
});

const codeOnly = rule({
  id: 'F2-AZ-01',
  clause: 'FAPI 2.0 SP 5.3.2.2-1',
  at: 'par',
  stops: ['A1', 'A3a'],
  says: 'answers with a code and nothing else',
  check: ({ form, client }, { responseTypes }) => {
    const type = form.one('response_type');
    if (!responseTypes.includes(type)) return unsupportedResponseType(`response_type must be ${responseTypes.join(' or ')}`, 'F2-AZ-01');
    return client.response_types.includes(type)
      ? undefined
      : unauthorizedClient(`this client is not registered for response_type ${type}`, 'F2-AZ-01');
  },
});

const responseMode = rule({
  id: 'ASSENT-PAR-02',
  clause: 'OAuth 2.0 Multiple Response Types section 2.1',
  at: 'par',
  stops: [],
  says: 'answers only in a response mode it publishes',
  check: ({ form }, { responseModes }) => {
    const mode = form.optional('response_mode');
    if (mode === undefined || responseModes.includes(mode)) return undefined;
    return invalidRequest(`response_mode must be ${responseModes.join(' or ')}`, 'ASSENT-PAR-02');
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
  check: ({ form }, { pkce: methods }) => {
    const challenge = form.optional('code_challenge');
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
  noNestedRequest,
  noRequestObject,
  redirectUri,
  codeOnly,
  responseMode,
  pkce,
  nonceLength,
  oneDpopKey,
];
