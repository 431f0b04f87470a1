import { z } from 'zod';
import * as deployment from './deployment.js';
import { customer, issuer, resource, staffMember } from './issuer.js';
import { by, choice, file, list } from './leaf.js';
import { threatWaiver } from './waiver.js';

/** The configuration file. */
export const configSchema = z.strictObject({
  mode: choice('development', 'production').default('development').describe('`production` refuses everything that is only fit for development.'),
  dataFolder: file.optional().meta(by('`.assent` in the working folder', 'Development keys, PKI and the embedded database.')),
  logLevel: choice('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent').default('info').describe('Least level that is logged.'),
  bank: deployment.bank.prefault({}).describe('Who the bank is.'),
  database: deployment.database.prefault({}).describe('PostgreSQL.'),
  tls: deployment.tlsFiles.prefault({}).describe('Certificates and trust anchors.'),
  proxy: deployment.proxy.optional().describe('A TLS-terminating proxy in front of every server. Left out: none is trusted.'),
  outbound: deployment.outbound.prefault({}).describe('Limits of our own fetches.'),
  authorizationServer: deployment.authorizationServer.prefault({}).describe('The authorization server.'),
  resourceServer: deployment.resourceServer.prefault({}).describe('The bank’s API.'),
  grantManagement: deployment.grantManagement.prefault({}).describe('Grants API, customer dashboard and staff console.'),
  relyingParty: deployment.relyingParty.optional().describe('The demo TPP. Left out: none.'),
  directory: deployment.directory.optional().describe('A trust framework for local use: organisations, their software, certificates and software statements ([how to use it](directory.md)). Left out: none.'),
  detailTypes: list(file).default([]).describe('Modules of your own with further types of `authorization_details`, beside `account_information`, `payment_initiation` and `recurring_payment` ([how to write one](../libs/authorization-details/README.md)).'),
  resources: list(resource).default([]).describe('Protected resources that access tokens are for.'),
  issuers: list(issuer).min(1).describe('Issuers, each with its own profile, keys and clients.'),
  threatWaivers: list(threatWaiver).default([]).describe('Attacks of the [threat model](threat-model.md) that are known to succeed as the deployment is configured, for a reason and a time. In production nothing starts with one that is not waived (`npm run threats -- audit`).'),
  customers: list(customer).default([]).describe('Customers put into the bank’s database at start.'),
  staff: list(staffMember).default([]).describe('Staff put into the bank’s database at start, for issuers with `signsIn: staff`.'),
});

export type ConfigFile = z.output<typeof configSchema>;
export type IssuerEntry = ConfigFile['issuers'][number];
