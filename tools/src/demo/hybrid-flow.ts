import * as openid from 'openid-client';
import { approve } from './browser.js';
import { openFlow, type Scene } from './flow.js';
import { expectThat } from './steps.js';

/**
 * The flow of FAPI 1.0 Advanced that existing markets run: a signed request by value, answered in the fragment by a
 * code and the ID token that is its detached signature (5.2.2.1, 5.2.3.1). Each line a step that must hold.
 */
export async function runHybridFlow(scene: Scene): Promise<void> {
  const { party, redirectUri, resource, customer, browser, steps } = scene;
  const { requestKey } = party;
  expectThat(requestKey !== undefined, 'a key to sign the request with', undefined);
  const { configuration } = await openFlow(scene, 'code id_token');
  const [state, nonce] = [openid.randomState(), openid.randomNonce()];
  const scope = party.metadata.scope.filter((name) => ['openid', 'accounts', 'balances'].includes(name)).join(' ');

  const url = await steps.step('Request object by value', () => openid.buildAuthorizationUrlWithJAR(configuration, { redirect_uri: redirectUri, scope, state, nonce }, requestKey), () => 'signed');
  const callback = await steps.step(`Sign-in and consent in the browser, as ${customer.login}`, () => approve(browser, url, redirectUri, customer), ({ hash }) => [...new URLSearchParams(hash.slice(1)).keys()].join(' '));
  expectThat(callback.search === '' && new URLSearchParams(callback.hash.slice(1)).has('id_token'), 'code and ID token in the fragment, nothing in the query', callback.search);
  const tokens = await steps.step(
    'Detached signature (s_hash, c_hash), then token',
    () => openid.authorizationCodeGrant(configuration, callback, { expectedState: state, expectedNonce: nonce, idTokenExpected: true }),
    (issued) => `${issued.token_type}, ${issued.expires_in ?? '?'} s, scope ${issued.scope ?? '?'}`,
  );
  await steps.step(
    'Accounts',
    async () => (await (await openid.fetchProtectedResource(configuration, tokens.access_token, new URL('/accounts', resource), 'GET', undefined, new Headers({ accept: 'application/json' }))).json()) as { readonly accounts: readonly { readonly name: string }[] },
    ({ accounts }) => accounts.map(({ name }) => name).join(', '),
  );
  await steps.step('Revocation of the refresh token', () => openid.tokenRevocation(configuration, tokens.refresh_token ?? tokens.access_token));
}
