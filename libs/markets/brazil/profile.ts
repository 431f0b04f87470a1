import { by, fapiCiba, loosened, refine, rule } from '@assent/profiles';
import { invalidRequest } from '@assent/protocol';

const minutes = 60;
const days = 24 * 60 * minutes;

/** An ID token of this market names its customer's tax number: it does not travel as a hint. */
const noIdTokenHint = rule({
  id: 'ASSENT-BR-01',
  clause: 'Open Finance Brasil security profile 5.2.2',
  at: 'par',
  stops: ['A1'],
  says: 'refuses an id_token_hint, which may hold personal data',
  check: ({ form }) => (form.has('id_token_hint') ? invalidRequest('id_token_hint is not accepted here: it may hold personal data', 'ASSENT-BR-01') : undefined),
});

/** Open Finance Brasil, security profile version 2, with the CIBA profile beside it (clauses of each by its name). */
export const brazilProfile = refine(
  fapiCiba,
  'brazil',
  {
    par: by('Open Finance Brasil security profile v2', 'required'),
    requestObjectBy: by('Open Finance Brasil security profile v2: requests are pushed', ['pushed']),
    pkceWhen: by('FAPI 1.0 Advanced 5.2.2-18: all requests are pushed', 'always'),
    responseTypes: by('Open Finance Brasil security profile v2', ['code id_token']),
    responseModes: by('FAPI 1.0 Advanced 5.2.2-2, without JARM', ['fragment', 'form_post']),
    responseEncryption: loosened('FAPI 1.0 Advanced 5.2.2-2, without JARM', 'off', {
      replaces: 'JARM section 2.2: optional',
      why: 'no response is a JWT here; what is personal in it, the ID token, is encrypted',
    }),
    clientAuth: by('Open Finance Brasil security profile v2', ['private_key_jwt']),
    algs: by('Open Finance Brasil security profile 6.1', ['PS256']),
    requestObjectAlgs: by('Open Finance Brasil security profile 6.1', ['PS256']),
    responseAlgs: by('Open Finance Brasil security profile 6.1', ['PS256']),
    idTokenEncryption: by('Open Finance Brasil security profile 5.2.2', 'required'),
    encryptionAlgs: by('Open Finance Brasil security profile 6.1.1', ['RSA-OAEP']),
    contentEncryptionAlgs: by('Open Finance Brasil security profile 6.1.1', ['A256GCM']),
    accessTokenLifetime: by('Open Finance Brasil security profile 5.2.2: 300 to 900 seconds', 10 * minutes),
    requestUriLifetime: by('Open Finance Brasil security profile 5.2.2: 60 seconds at least', 90),
    refreshTokenLifetime: loosened('Open Finance Brasil security profile 5.2.2: as long as the consent', 365 * days, {
      replaces: 'ours',
      why: 'a consent may last a year, and its refresh tokens may not end before it',
    }),
    grantLifetime: loosened('Open Finance Brasil consents API v3: at most a year', 365 * days, {
      replaces: 'ours',
      why: 'a consent may last a year',
    }),
    cibaDelivery: by('Open Finance Brasil CIBA 1.0 ID3', ['ping']),
    cibaBindingMessage: loosened('Open Finance Brasil CIBA 1.0 ID3: the hint names the consent', 'optional', {
      replaces: 'FAPI-CIBA ID1 5.2.2-2',
      why: 'the consent in the hint is the unique subject that clause asks for',
    }),
    cibaRequestTypes: loosened('Open Finance Brasil CIBA 1.0 ID3', ['cibabr+jwt'], {
      replaces: 'RFC 9101 sections 4 and 10.8',
      why: 'the market has a type of its own, and no other is taken',
    }),
    cibaRequestEncryption: by('Open Finance Brasil CIBA 1.0 ID3: encrypted; a signed one alone is taken too', 'optional'),
    cibaRequestMaxLifetime: by('Open Finance Brasil CIBA 1.0 ID3', 10 * minutes),
    cibaMinExpiry: by('Open Finance Brasil CIBA 1.0 ID3: six minutes at least, whatever requested_expiry says', 10 * minutes),
    cibaMaxExpiry: by('Open Finance Brasil CIBA 1.0 ID3', 10 * minutes),
  },
  [noIdTokenHint],
);
