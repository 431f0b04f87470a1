import { by, fapi2MessageSigning, loosened, refine, rule } from '@assent/profiles';
import { invalidRequest } from '@assent/protocol';

const minutes = 60;
const shortestPurpose = 3;
const longestPurpose = 300;

/** Controls, separators of lines and marks of direction: text that hides what it says. */
const hidden = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

const purpose = rule({
  id: 'CID-PUR-01',
  clause: 'ConnectID FAPI 2 Security Profile 1.0, draft 3: purpose',
  at: 'par',
  stops: [],
  says: 'asks for a purpose of 3 to 300 characters, in any script',
  check: ({ form }) => {
    const text = form.optional('purpose');
    if (text === undefined) return invalidRequest('purpose is required: it is shown to the customer', 'CID-PUR-01');
    // Characters, not octets and not halves of surrogate pairs.
    const { length } = [...text];
    if (length < shortestPurpose || length > longestPurpose) return invalidRequest(`purpose must have ${shortestPurpose} to ${longestPurpose} characters`, 'CID-PUR-01');
    return hidden.test(text) || text.trim() === '' ? invalidRequest('purpose must be one line of plain text', 'CID-PUR-02') : undefined;
  },
});

const onlyIdentity = rule({
  id: 'CID-SC-01',
  clause: 'ConnectID FAPI 2 Security Profile 1.0, draft 3: OpenID Connect',
  at: 'par',
  stops: [],
  says: 'asks for openid in every request',
  check: ({ form }) => ((form.optional('scope') ?? '').split(' ').includes('openid') ? undefined : invalidRequest('scope must hold openid', 'CID-SC-01')),
});

/** Security profile of ConnectID: FAPI 2.0 Message Signing with tighter windows, certificates and PS256 alone. */
export const connectIdProfile = refine(
  fapi2MessageSigning,
  'connectid',
  {
    clientAuth: by('ConnectID FAPI 2 Security Profile 1.0: private_key_jwt', ['private_key_jwt']),
    senderConstraint: by('ConnectID FAPI 2 Security Profile 1.0: mTLS', ['mtls']),
    algs: by('ConnectID FAPI 2 Security Profile 1.0: PS256', ['PS256']),
    requestObject: by('ConnectID FAPI 2 Security Profile 1.0: every request is signed', 'required'),
    requestObjectAlgs: by('ConnectID FAPI 2 Security Profile 1.0: PS256', ['PS256']),
    requestObjectMaxAge: by('ConnectID FAPI 2 Security Profile 1.0: nbf at most 15 minutes old', 15 * minutes),
    requestObjectMaxLifetime: by('ConnectID FAPI 2 Security Profile 1.0: exp at most 10 minutes after nbf', 10 * minutes),
    signedResponse: loosened('ConnectID FAPI 2 Security Profile 1.0: plain responses', 'off', {
      replaces: 'FAPI 2.0 Message Signing 5.4.1-1',
      why: 'the ecosystem does without JARM: the response carries iss (RFC 9207), and the code is bound by PKCE and certificate',
    }),
    responseModes: by('ConnectID FAPI 2 Security Profile 1.0: plain responses', ['query']),
    accessTokenLifetime: by('ConnectID FAPI 2 Security Profile 1.0: at most 600 seconds', 10 * minutes),
  },
  [purpose, onlyIdentity],
);
