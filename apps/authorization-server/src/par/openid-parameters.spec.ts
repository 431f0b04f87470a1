import { Form } from '@assent/protocol';
import { aClient } from '../fixtures/client.js';
import { openIdParameters } from './openid-parameters.js';

const read = (query: string, client = aClient()) => openIdParameters(Form.parse(query), client);

describe('openIdParameters', () => {
  it('reads nothing out of nothing', () => {
    expect(read('')).toEqual({ prompt: [], acrValues: [], uiLocales: [] });
  });

  it('reads every parameter', () => {
    expect(read('nonce=n&max_age=0&prompt=login+consent&acr_values=a+b&ui_locales=pt-BR+en&login_hint=ana')).toEqual({
      nonce: 'n',
      maxAge: 0,
      prompt: ['login', 'consent'],
      acrValues: ['a', 'b'],
      uiLocales: ['pt-BR', 'en'],
      loginHint: 'ana',
    });
  });

  it('falls back on the client metadata', () => {
    const client = aClient({ default_max_age: 600, default_acr_values: ['urn:high'] });
    expect(read('', client)).toMatchObject({ maxAge: 600, acrValues: ['urn:high'] });
    expect(read('max_age=5&acr_values=urn:low', client)).toMatchObject({ maxAge: 5, acrValues: ['urn:low'] });
  });

  it('ignores prompts and language tags it does not understand', () => {
    expect(read('prompt=dance+login&ui_locales=../etc+en')).toMatchObject({ prompt: ['login'], uiLocales: ['en'] });
  });

  it.each([
    { name: 'none beside another prompt', query: 'prompt=none+login', rule: 'OIDC-03' },
    { name: 'none beside an unknown prompt', query: 'prompt=none+dance', rule: 'OIDC-03' },
    { name: 'a negative max_age', query: 'max_age=-1', rule: 'OIDC-04' },
    { name: 'a max_age that is no number', query: 'max_age=1e3', rule: 'OIDC-04' },
    { name: 'claims that are no JSON', query: 'claims=x', rule: 'OIDC-05' },
  ])('refuses $name', ({ query, rule }) => {
    expect(() => read(query)).toThrow(expect.objectContaining({ code: 'invalid_request', rule }));
  });
});
