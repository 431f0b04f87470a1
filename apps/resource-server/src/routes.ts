import { getOnly, queryOf, transportOf } from '@assent/http';
import { invalidToken, notFound, OAuthError, type Clock, type UseKind } from '@assent/protocol';
import { customerHeaders, interactionId, interactionIdHeader, nodeRequest, signedAnswers, type ResourceGuard, type VerifiedAccess } from '@assent/resource-guard';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { accountReach, type Need } from './access/account-reach.js';
import type { Bank, Found, Reader } from './bank/bank.js';
import { readPage } from './bank/page.js';
import { accountDetail, accountList, balanceList, transactionList } from './bank/shapes.js';

export interface AccountsApi {
  readonly guard: ResourceGuard;
  /** Public keys of the client it asks issuers as. */
  readonly jwks: () => object;
  readonly bank: Bank;
  /** Base of the links in answers. */
  readonly publicUrl: string;
  readonly clock: Clock;
  /** Told of every answer that was given. */
  readonly used: (access: VerifiedAccess, kind: UseKind) => void;
}

type AccountRequest = FastifyRequest<{ Params: { accountId: string } }>;

/** The accounts API. Each address: what the token must grant, one statement, one shape. */
export function registerAccountsApi(fastify: FastifyInstance, { guard, jwks, bank, publicUrl, clock, used }: AccountsApi): void {
  fastify.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.ownHeaders) return;
    const { rawHeaders } = request.raw;
    const interaction = interactionId(rawHeaders);
    reply.header(interactionIdHeader, interaction);
    // Every line of this request's log names it (FAPI 1.0 Baseline 6.2.1-12).
    request.log = request.log.child({ interactionId: interaction });
    customerHeaders(rawHeaders);
  });
  signedAnswers(fastify, guard);
  getOnly(fastify, guard.metadataPath, async () => guard.metadata());
  getOnly(fastify, '/jwks.json', async (_request, reply) => reply.type('application/jwk-set+json').header('cache-control', 'public, max-age=60').send(JSON.stringify(jwks())));

  const read = (url: string, need: Need, answer: (reader: Reader, request: AccountRequest) => Promise<object>) =>
    getOnly(fastify, url, async (request, reply) => {
      const certificate = () => transportOf(request).certificate;
      const access = await guard.verify(nodeRequest(request.raw, { certificate, requireGrant: true }));
      // Account data is the customer's: no cache keeps it.
      reply.header('cache-control', 'no-store');
      const answered = await answer({ access, reach: reachOf(access, need, request) }, request as AccountRequest);
      used(access, need.scope);
      return answered;
    });
  const reachOf = (access: VerifiedAccess, need: Need, { url }: FastifyRequest) => {
    try {
      return accountReach(access, need, { resource: guard.resource, address: publicUrl + url.replace(/\?.*$/s, '') }, clock);
    } catch (error) {
      throw error instanceof OAuthError ? guard.challenge(error, access, [need.scope]) : error;
    }
  };
  /** The statement asks whether the grant still stands: the feed may be a moment behind, the row is not. */
  const standing = <T>(found: Found<T>, { access }: Reader): T => {
    if (found.grant === 'ended') throw guard.challenge(invalidToken('the access token was revoked', 'F2-RS-03'), access);
    return found.value;
  };

  read('/accounts', toAccounts, async (reader) => accountList(standing(await bank.accounts(reader), reader), publicUrl));
  read('/balances', toBalances, async (reader) => balanceList(standing(await bank.balances(reader), reader), publicUrl));
  read('/accounts/:accountId', toAccounts, async (reader, request) => {
    const accounts = standing(await bank.accounts(reader, accountIdOf(request)), reader);
    return accountDetail(only(accounts), publicUrl);
  });
  read('/accounts/:accountId/balances', toBalances, async (reader, request) => {
    const balances = standing(await bank.balances(reader, accountIdOf(request)), reader);
    return balanceList([only(balances)], publicUrl, only(balances).id);
  });
  read('/accounts/:accountId/transactions', toTransactions, async (reader, request) => {
    const page = readPage(queryOf(request));
    const accountId = accountIdOf(request);
    const history = standing(await bank.transactions(reader, accountId, page), reader);
    if (!history) throw noSuchAccount();
    return transactionList({ accountId, history, page, publicUrl });
  });
}

const toAccounts: Need = { scope: 'accounts', action: 'list_accounts' };
const toBalances: Need = { scope: 'balances', action: 'read_balances' };
const toTransactions: Need = { scope: 'transactions', action: 'read_transactions' };

const accountIdOf = ({ params }: AccountRequest): string => params.accountId;

function only<T>(found: readonly T[]): T {
  const [first] = found;
  if (first === undefined) throw noSuchAccount();
  return first;
}

/** One answer for an account that does not exist, is another customer's, or was not consented to. */
const noSuchAccount = () => notFound('no such account', 'ASSENT-RS-03');
