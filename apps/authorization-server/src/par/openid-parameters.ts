import { invalidRequest, type Client, type Form, type PushedRequest } from '@assent/protocol';
import { parseClaims } from './claims-parameter.js';

type OpenIdParameters = Pick<PushedRequest, 'nonce' | 'prompt' | 'maxAge' | 'acrValues' | 'claims' | 'loginHint' | 'uiLocales'>;

const knownPrompts = ['none', 'login', 'consent', 'select_account'];
const languageTag = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/;

/** The authentication request parameters of OpenID Connect Core section 3.1.2.1. `invalid_request` for a malformed one. */
export function openIdParameters(form: Form, client: Client): OpenIdParameters {
  const nonce = form.optional('nonce');
  const maxAge = readMaxAge(form) ?? client.default_max_age;
  const claims = form.optional('claims');
  const loginHint = form.optional('login_hint');
  return {
    prompt: readPrompt(form),
    acrValues: listed(form, 'acr_values') ?? client.default_acr_values ?? [],
    uiLocales: (listed(form, 'ui_locales') ?? []).filter((tag) => languageTag.test(tag)),
    ...(nonce === undefined ? {} : { nonce }),
    ...(maxAge === undefined ? {} : { maxAge }),
    ...(claims === undefined ? {} : { claims: parseClaims(claims) }),
    ...(loginHint === undefined ? {} : { loginHint }),
  };
}

/** `none` stands alone; values nobody knows are ignored (OIDC-03). */
function readPrompt(form: Form): readonly string[] {
  const prompt = listed(form, 'prompt') ?? [];
  if (prompt.includes('none') && prompt.length > 1) throw invalidRequest('prompt none cannot be combined with other values', 'OIDC-03');
  return prompt.filter((value) => knownPrompts.includes(value));
}

function readMaxAge(form: Form): number | undefined {
  const text = form.optional('max_age');
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw invalidRequest('max_age must be a number of seconds', 'OIDC-04');
  return Number(text);
}

function listed(form: Form, name: string): readonly string[] | undefined {
  const values = form.optional(name)?.split(' ').filter((value) => value !== '');
  return values && [...new Set(values)];
}
