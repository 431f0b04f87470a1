import { getOnly, queryOf, transportOf } from '@assent/http';
import { invalidToken, notFound } from '@assent/protocol';
import { interactionId, interactionIdHeader, nodeRequest, type ResourceGuard, type VerifiedAccess } from '@assent/resource-guard';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Bank, Found } from './bank/bank.js';
import { readPage } from './bank/page.js';
import { accountDetail, accountList, balanceList, transactionList } from './bank/shapes.js';

export interface AccountsApi {
  readonly guard: ResourceGuard;
  /** Public keys of the client it asks issuers as. */
  readonly jwks: object;
  readonly bank: Bank;
  /** Base of the links in answers. */
  readonly publicUrl: string;
}

type AccountRequest = FastifyRequest<{ Params: { accountId: string } }>;

/** The accounts API. Each address: what the token must grant, one statement, one shape. */
export function registerAccountsApi(fastify: FastifyInstance, { guard, jwks, bank, publicUrl }: AccountsApi): void {
  fastify.addHook('onRequest', async (request, reply) => {
    reply.header(interactionIdHeader, interactionId(request.raw.rawHeaders));
  });
  getOnly(fastify, guard.metadataPath, async () => guard.metadata());
  getOnly(fastify, '/jwks.json', async (_request, reply) => reply.type('application/jwk-set+json').header('cache-control', 'public, max-age=60').send(JSON.stringify(jwks)));

  const read = (url: string, scope: string, answer: (access: VerifiedAccess, request: AccountRequest) => Promise<object>) =>
    getOnly(fastify, url, async (request, reply) => {
      const certificate = () => transportOf(request).certificate;
      const access = await guard.verify(nodeRequest(request.raw, { certificate, requiredScopes: [scope], requireGrant: true }));
      // Account data is the customer's: no cache keeps it.
      reply.header('cache-control', 'no-store');
      return answer(access, request as AccountRequest);
    });
  /** The statement asks whether the grant still stands: the feed may be a moment behind, the row is not. */
  const standing = <T>(found: Found<T>, access: VerifiedAccess): T => {
    if (found.grant === 'ended') throw guard.challenge(invalidToken('the access token was revoked', 'F2-RS-03'), access);
    return found.value;
  };

  read('/accounts', 'accounts', async (access) => accountList(standing(await bank.accounts(access), access), publicUrl));
  read('/balances', 'balances', async (access) => balanceList(standing(await bank.balances(access), access), publicUrl));
  read('/accounts/:accountId', 'accounts', async (access, request) => {
    const accounts = standing(await bank.accounts(access, accountIdOf(request)), access);
    return accountDetail(only(accounts), publicUrl);
  });
  read('/accounts/:accountId/balances', 'balances', async (access, request) => {
    const balances = standing(await bank.balances(access, accountIdOf(request)), access);
    return balanceList([only(balances)], publicUrl, only(balances).id);
  });
  read('/accounts/:accountId/transactions', 'transactions', async (access, request) => {
    const page = readPage(queryOf(request));
    const accountId = accountIdOf(request);
    const history = standing(await bank.transactions(access, accountId, page), access);
    if (!history) throw noSuchAccount();
    return transactionList({ accountId, history, page, publicUrl });
  });
}

const accountIdOf = ({ params }: AccountRequest): string => params.accountId;

function only<T>(found: readonly T[]): T {
  const [first] = found;
  if (first === undefined) throw noSuchAccount();
  return first;
}

/** One answer for an account that does not exist, is another customer's, or was not consented to. */
const noSuchAccount = () => notFound('no such account', 'ASSENT-RS-03');
