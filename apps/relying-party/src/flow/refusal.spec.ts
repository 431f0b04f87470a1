import * as openid from 'openid-client';
import { FlowError, noticeOf } from './refusal.js';

const response = new Response();
const body = (cause: Record<string, string>) => new openid.ResponseBodyError('server responded with an error in the response body', { cause: cause as never, response });
const challenge = (parameters: Record<string, string>, status = 401) =>
  new openid.WWWAuthenticateChallengeError('server responded with a challenge in the WWW-Authenticate HTTP Header', { cause: [{ scheme: 'dpop', parameters }] as never, response: new Response(null, { status }) });
const denied = new openid.AuthorizationResponseError('authorization response from the server is an error', { cause: new URLSearchParams({ error: 'access_denied' }) });
const wrapped = (message: string, cause: Error): Error => Object.assign(new openid.ClientError(message), { cause });

describe('refusals in words', () => {
  it.each([
    ['a token endpoint', body({ error: 'invalid_grant', error_description: 'the code was used' }), 'The bank said no', /used or revoked.*Its answer: invalid_grant \(the code was used\)\.$/],
    ['a challenge', challenge({ error: 'invalid_token', error_description: 'the token was revoked' }), 'The bank said no', /does not take this access token.*invalid_token \(the token was revoked\)\.$/],
    ['a challenge without a code', challenge({ realm: 'accounts' }), 'The bank said no', /status 401/],
    ['a scope that is missing', challenge({ error: 'insufficient_scope' }, 403), 'The bank said no', /not asked for this/],
    ['no at the bank', denied, 'The bank said no', /^The answer at the bank was no\. Nothing was shared\./],
    ['a code nobody explained', body({ error: 'brand_new' }), 'The bank said no', 'The bank refused. Its answer: brand_new.'],
    ['an answer of the wrong bank', wrapped('invalid response encountered', new Error('unexpected "iss" (issuer) response parameter value')), 'The app dropped this answer', /unexpected "iss"/],
    ['no bank', Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) }), 'The bank cannot be reached', /ECONNREFUSED/],
    ['no answer', wrapped('something went wrong', Object.assign(new Error('timed out'), { code: 'UND_ERR_HEADERS_TIMEOUT' })), 'The bank cannot be reached', /UND_ERR_HEADERS_TIMEOUT/],
    ['the demo itself', new FlowError('No account is shared.'), 'This step was not taken', 'No account is shared.'],
  ])('%s', (_from, error, title, text) => {
    const notice = noticeOf(error);
    expect(notice?.title).toBe(title);
    expect(notice?.text).toMatch(text);
  });

  it('are not what a bug is', () => {
    expect(noticeOf(new TypeError('x is undefined'))).toBeUndefined();
    expect(noticeOf(undefined)).toBeUndefined();
  });
});
