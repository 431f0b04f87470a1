import { flow, prepareFlow, signIn } from './flow.js';
import type { Send, Shot, Work } from './load.js';
import { ask, clientCredentials, form, introspect, json, push, readAccounts, readAccountsSigned, refresh } from './requests.js';
import { prepared } from './signer.js';
import type { Door, Target } from './target.js';

/** The most a request may cost the server. */
export interface Budget {
  readonly cpuMs: number;
  readonly statements?: number;
  readonly commits: number;
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly budget?: Budget;
  /** Where its requests go; `undefined` when the target has no such thing. */
  readonly door: (target: Target) => Door | undefined;
  /** How many of the wished requests one round sends: flows are four requests each, handshakes and RSA cost more. */
  readonly share?: number;
  readonly reconnect?: boolean;
  /**
   * Does over the wire what is done once, before anything is metered (a sign-in, a flow whose tokens are then used),
   * and returns how the work of one round is signed.
   */
  readonly prepare: (target: Target, send: Send) => Promise<MakeWork>;
}

export type MakeWork = (times: number) => Promise<Work>;

/** Rounds of single requests, each made beforehand. */
function shots(status: number, make: () => Promise<Shot>): MakeWork {
  return async (times) => {
    const ready = await prepared(times, make);
    return async (send, index) => void (await ask(send, ready[index] as Shot, status));
  };
}

const flows = async (target: Target, send: Send): Promise<MakeWork> => {
  const cookie = await signIn(send, target);
  return async (times) => {
    const ready = await prepared(times, () => prepareFlow(target));
    return async (send, index) => void (await flow(send, target, cookie, ready[index]!));
  };
};

const oneFlow = async (target: Target, send: Send): Promise<Record<string, string>> => flow(send, target, await signIn(send, target), await prepareFlow(target));

const main = ({ main }: Target): Door => main;
const tls = (target: Target): Door | undefined => target.tls;
const mtls = (target: Target): Door | undefined => target.mtls;
const ofCustomers = (door: (target: Target) => Door | undefined) => (target: Target) => (target.customer ? door(target) : undefined);
const ofResourceServers = (target: Target): Door | undefined => (target.introspector ? target.main : undefined);

const byAssertion = (bound: (target: Target) => 'dpop' | Record<string, string>) => async (target: Target) =>
  shots(200, () => clientCredentials(target.client, target.endpoints.token, bound(target)));

const byCertificate = async ({ endpoints, certificateClient = '' }: Target): Promise<MakeWork> =>
  shots(200, async () => form(endpoints.token, { grant_type: 'client_credentials', scope: 'accounts', client_id: certificateClient }));

export const scenarios: readonly Scenario[] = [
  {
    name: 'client-credentials', title: 'client_credentials, private_key_jwt, certificate-bound', budget: { cpuMs: 0.7, commits: 1 },
    door: (target) => (target.certificateHeaders ? target.main : undefined), prepare: byAssertion((target) => target.certificateHeaders ?? {}),
  },
  { name: 'client-credentials-dpop', title: '… DPoP-bound', door: main, prepare: byAssertion(() => 'dpop') },
  {
    name: 'client-credentials-ps256', title: '… PS256 in and out, certificate-bound', share: 0.5, door: (target) => (target.ps256 ? target.main : undefined),
    prepare: async ({ ps256, certificateHeaders = {} }) => shots(200, () => clientCredentials(ps256!.client, ps256!.token, certificateHeaders)),
  },
  { name: 'client-credentials-mtls', title: '… certificate-bound, over mutual TLS', door: mtls, prepare: byAssertion(() => ({})) },
  { name: 'client-credentials-tls-auth', title: 'client_credentials, tls_client_auth, over mutual TLS', door: mtls, prepare: byCertificate },
  { name: 'handshake', title: '… with a new connection for every request', share: 0.25, reconnect: true, door: mtls, prepare: byCertificate },
  { name: 'par', title: 'pushed authorization request', door: main, prepare: async (target) => shots(201, async () => (await push(target)).shot) },
  {
    name: 'flow', title: 'whole FAPI 2.0 flow (PAR, authorize, consent, DPoP token)', budget: { cpuMs: 3, statements: 8, commits: 4 }, share: 0.25,
    door: ofCustomers(main), prepare: flows,
  },
  {
    name: 'flow-message-signing', title: '… under FAPI 2.0 Message Signing: signed request, signed response', share: 0.25, door: (target) => target.messageSigning?.main,
    prepare: ({ messageSigning }, send) => flows(messageSigning!, send),
  },
  {
    name: 'flow-fapi1-advanced', title: '… under FAPI 1.0 Advanced: signed request, code id_token, certificate-bound', share: 0.25, door: (target) => target.fapi1?.main,
    prepare: ({ fapi1 }, send) => flows(fapi1!, send),
  },
  { name: 'flow-tls', title: '… over TLS', share: 0.25, door: ofCustomers(tls), prepare: flows },
  { name: 'refresh', title: 'refresh, DPoP', budget: { cpuMs: 1.3, commits: 1 }, door: ofCustomers(main), prepare: refreshes },
  { name: 'refresh-tls', title: '… over TLS', door: ofCustomers(tls), prepare: refreshes },
  {
    name: 'introspection', title: 'introspection of a JWT access token', door: ofCustomers(ofResourceServers),
    prepare: async (target, send) => {
      const { access_token = '' } = await oneFlow(target, send);
      return shots(200, () => introspect(target, access_token));
    },
  },
  {
    name: 'introspection-opaque', title: '… of an opaque one', door: (target) => (target.opaqueClient ? ofResourceServers(target) : undefined),
    prepare: async (target, send) => {
      const { access_token = '' } = json(await ask(send, await clientCredentials(target.opaqueClient!, target.endpoints.token, 'dpop'), 200));
      return shots(200, () => introspect(target, access_token));
    },
  },
  {
    name: 'resource', title: 'protected resource: GET /accounts, DPoP', door: ofCustomers((target) => target.resource?.door),
    prepare: async (target, send) => {
      const { access_token = '' } = await oneFlow(target, send);
      return shots(200, () => readAccounts(target, access_token));
    },
  },
  { name: 'resource-signed', title: '… request and answer signed (RFC 9421)', door: (target) => (target.signing ? target.resource?.door : undefined), prepare: (target, send) => signedReads({ ...target, client: target.signing! }, send) },
  { name: 'resource-evidence', title: '… and both kept as evidence', share: 0.5, door: (target) => (target.evidence ? target.resource?.door : undefined), prepare: (target, send) => signedReads({ ...target, client: target.evidence! }, send) },
]; // prettier-ignore

async function signedReads(target: Target, send: Send): Promise<MakeWork> {
  const { access_token = '' } = await oneFlow(target, send);
  return shots(200, () => readAccountsSigned(target, access_token));
}

async function refreshes(target: Target, send: Send): Promise<MakeWork> {
  const { refresh_token = '' } = await oneFlow(target, send);
  return shots(200, () => refresh(target, refresh_token));
}
