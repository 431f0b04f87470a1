/* The configuration file of the OpenID Foundation's conformance suite, as its forms and scripts read it. */

/** A client of the server under test, with the keys the suite plays it with. */
export interface SuiteClient {
  readonly clientId: string;
  readonly scope: string;
  /** Private keys. */
  readonly jwks: { readonly keys: readonly object[] };
  /** PEM. */
  readonly certificate: string;
  readonly privateKey: string;
  /** PEM of who issued the certificate. */
  readonly authority: string;
  /** Further members, as `dpop_signing_alg`. */
  readonly more?: Readonly<Record<string, unknown>>;
}

export interface SuiteFacts {
  readonly alias: string;
  readonly description: string;
  /** The issuer identifier. */
  readonly issuer: string;
  readonly clients: readonly [SuiteClient, SuiteClient];
  /** Whose sign-in the suite's browser plays. */
  readonly customer: { readonly login: string; readonly password: string };
  /** The market's own inputs, by the suite's names. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** The suite's JSON. */
export function suiteConfiguration({ alias, description, issuer, clients: [one, two], customer, inputs }: SuiteFacts): Readonly<Record<string, unknown>> {
  return {
    alias,
    description,
    publish: 'no',
    server: { discoveryUrl: `${issuer}/.well-known/openid-configuration` },
    client: clientOf(one),
    client2: clientOf(two),
    mtls: certificateOf(one),
    mtls2: certificateOf(two),
    ...inputs,
    browser: browserOf(issuer, customer),
  };
}

const clientOf = ({ clientId, scope, jwks, more }: SuiteClient) => ({ client_id: clientId, scope, jwks, ...more });
const certificateOf = ({ certificate, privateKey, authority }: SuiteClient) => ({ cert: certificate, key: privateKey, ca: authority });

/**
 * What the suite's browser does on our pages: signs in, picks the first account where any is to be picked, and allows,
 * on the page of data and on that of a payment. A page that only tells an error has nothing to press: the suite then
 * takes a picture.
 */
function browserOf(issuer: string, { login, password }: SuiteFacts['customer']): readonly object[] {
  const authorize = `${issuer}/authorize*`;
  const pages = `${issuer}/*`;
  const allow = (task: string) => ({
    task,
    match: pages,
    optional: true,
    commands: [
      ['click', 'css', 'input[name=account]:not([disabled]):not(:checked)', 'optional'],
      ['click', 'id', 'consent-allow'],
    ],
  });
  return [
    {
      match: authorize,
      tasks: [
        { task: 'Sign in', match: pages, optional: true, commands: [['text', 'id', 'login', login], ['text', 'id', 'password', password], ['click', 'id', 'login-submit']] }, // prettier-ignore
        allow('Allow'),
        allow('Allow the payment'),
        { task: 'Back at the suite', match: '*/test/*/callback*', commands: [['wait', 'id', 'submission_complete', 10]] },
      ],
    },
  ];
}
