import { ProtocolTables1764000000000 } from './1764000000000-protocol-tables.js';
import { BankTables1764000000001 } from './1764000000001-bank-tables.js';
import { GrantManagement1764100000000 } from './1764100000000-grant-management.js';
import { FirstGrantVersions1764150000000 } from './1764150000000-first-grant-versions.js';
import { Payments1764200000000 } from './1764200000000-payments.js';
import { Staff1764300000000 } from './1764300000000-staff.js';
import { EncryptionKeys1764500000000 } from './1764500000000-encryption-keys.js';
import { GrantNotices1764400000000 } from './1764400000000-grant-notices.js';
import { Evidence1764600000000 } from './1764600000000-evidence.js';
import { Ciba1764600000001 } from './1764600000001-ciba.js';
import { MarketApi1764710000000 } from './1764710000000-market-api.js';
import { CibaBlocks1764610000000 } from './1764610000000-ciba-blocks.js';
import { Consents1764700000000 } from './1764700000000-consents.js';
import { ConsentChains1764700000001 } from './1764700000001-consent-chains.js';
import { RegisteredClients1764720000000 } from './1764720000000-registered-clients.js';
import { ToldEnds1764700000002 } from './1764700000002-told-ends.js';
import { Agreements1764700000003 } from './1764700000003-agreements.js';
import { Directory1764730000000 } from './1764730000000-directory.js';

/** In order. A migration that has been released is never edited; the next one corrects it. */
export const migrations = [
  ProtocolTables1764000000000,
  BankTables1764000000001,
  GrantManagement1764100000000,
  FirstGrantVersions1764150000000,
  Payments1764200000000,
  Staff1764300000000,
  GrantNotices1764400000000,
  EncryptionKeys1764500000000,
  Evidence1764600000000,
  Ciba1764600000001,
  CibaBlocks1764610000000,
  Consents1764700000000,
  ConsentChains1764700000001,
  ToldEnds1764700000002,
  Agreements1764700000003,
  MarketApi1764710000000,
  RegisteredClients1764720000000,
  Directory1764730000000,
];
