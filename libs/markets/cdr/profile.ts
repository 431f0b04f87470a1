import { by, fapi1Advanced, loosened, refine } from '@assent/profiles';

const minutes = 60;
const days = 24 * 60 * minutes;

/** The Australian Consumer Data Right: Consumer Data Standards (CDS) 1.36.0, security profile. */
export const cdrProfile = refine(fapi1Advanced, 'cdr', {
  par: by('CDS 1.36.0 Request Object: by PAR only', 'required'),
  requestObjectBy: by('CDS 1.36.0 Request Object: request is refused at the authorization endpoint', ['pushed']),
  pkceWhen: by('CDS 1.36.0 Authentication Flows', 'always'),
  responseTypes: by('CDS 1.36.0 Authentication Flows: authorization code flow only', ['code']),
  responseModes: by('CDS 1.36.0 Authentication Flows: JARM', ['jwt', 'query.jwt']),
  clientAuth: by('CDS 1.36.0 Client Authentication: never by the certificate', ['private_key_jwt']),
  clientCertificate: by('CDS 1.36.0 Transaction Security: mTLS at every endpoint clients call themselves', 'always'),
  idTokenEncryption: loosened('CDS 1.36.0 Tokens: not for the code flow', 'off', {
    replaces: 'FAPI 1.0 Advanced 5.2.2.1-2',
    why: 'no ID token travels through the browser, and registrations may not ask for encrypted ones',
  }),
  requestObjectEncryption: loosened('CDS 1.36.0 Request Object: signed', 'off', {
    replaces: 'FAPI 1.0 Advanced 8.6.1',
    why: 'requests are pushed: none travels through the browser',
  }),
  encryptionAlgs: by('CDS 1.36.0 JARM response encryption', ['RSA-OAEP', 'RSA-OAEP-256']),
  contentEncryptionAlgs: by('CDS 1.36.0 JARM response encryption', ['A256GCM', 'A128CBC-HS256']),
  requestUriLifetime: by('CDS 1.36.0 Request Object: 10 to 90 seconds', 90),
  accessTokenLifetime: by('CDS 1.36.0 Tokens: 2 to 10 minutes', 5 * minutes),
  refreshTokenLifetime: loosened('CDS 1.36.0 Tokens: as long as sharing_duration', 365 * days, {
    replaces: 'ours',
    why: 'a consent may last a year, and its refresh token ends with it',
  }),
  grantLifetime: loosened('CDS 1.36.0 Specifying Sharing Duration: at most a year', 365 * days, {
    replaces: 'ours',
    why: 'a consent may last a year',
  }),
});
