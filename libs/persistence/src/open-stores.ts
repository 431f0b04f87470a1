import type pg from 'pg';
import type { Clock, Secret } from '@assent/protocol';
import type { Sql } from './sql.js';
import type { Stores } from './stores.js';
import { accessTokens } from './stores/access-token.store.js';
import { authorizations } from './stores/authorization.store.js';
import { backchannelBlocks } from './stores/backchannel-block.store.js';
import { backchannelPings } from './stores/backchannel-ping.store.js';
import { backchannelRequests } from './stores/backchannel.store.js';
import { codes } from './stores/code.store.js';
import { consents } from './stores/consent.store.js';
import { customers } from './stores/customer.store.js';
import { evidence } from './stores/evidence.store.js';
import { grantNotices } from './stores/grant-notice.store.js';
import { grants } from './stores/grant.store.js';
import { grantUses } from './stores/grant-use.store.js';
import { keptAnswers, spentMessages } from './stores/kept-answer.store.js';
import { payments } from './stores/payment.store.js';
import { pushedRequests } from './stores/pushed-request.store.js';
import { registeredClients } from './stores/registered-client.store.js';
import { refreshTokens } from './stores/refresh-token.store.js';
import { auditLog, replayStore } from './stores/replay.store.js';
import { sessions } from './stores/session.store.js';
import { signingKeys } from './stores/signing-key.store.js';
import { bulkRevocations } from './stores/bulk-revocation.store.js';
import { grantDirectory } from './stores/grant-directory.store.js';
import { siteSessions } from './stores/site-session.store.js';
import { staffMembers } from './stores/staff.store.js';
import { tokenFamilies } from './stores/token-family.store.js';

export interface StoreParts {
  readonly sql: Sql;
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly encryptionKey: Secret<Buffer> | undefined;
}

export const openStores = ({ sql, pool, clock, encryptionKey }: StoreParts): Stores => ({
  replay: replayStore(sql, clock),
  audit: auditLog(sql, clock),
  pushedRequests: pushedRequests(sql, clock),
  authorizations: authorizations(sql),
  backchannelRequests: backchannelRequests(sql, clock, encryptionKey),
  backchannelBlocks: backchannelBlocks(sql),
  backchannelPings: backchannelPings(sql, encryptionKey),
  codes: codes(sql),
  consents: consents(sql),
  refreshTokens: refreshTokens(sql),
  accessTokens: accessTokens(sql),
  tokenFamilies: tokenFamilies(sql),
  evidence: evidence(sql, encryptionKey),
  grants: grants(sql, clock),
  grantNotices: grantNotices(sql, pool),
  grantUses: grantUses(sql),
  payments: payments(sql),
  keptAnswers: keptAnswers(sql, encryptionKey),
  spentMessages: spentMessages(sql),
  sessions: sessions(sql, clock),
  customers: customers(sql),
  signingKeys: signingKeys(pool, encryptionKey),
  staff: staffMembers(sql),
  siteSessions: siteSessions(sql, clock),
  grantDirectory: grantDirectory(sql, clock),
  bulkRevocations: bulkRevocations(sql),
  registeredClients: registeredClients(sql, pool),
});
