export { makeAuthority, selfSigned, type Authority, type CertifiedKey, type WantedCertificate } from './certificates.js';
export { customers, freePorts, introspectionClientId, makeConfiguration, type TestConfiguration, type TestPorts, type WantedConfiguration } from './configuration.js';
export type { Change, Exchange, Prepared } from './change.js';
export { FapiClient, responseOf, type FapiClientOptions } from './fapi-client.js';
export * from './forge.js';
export { Message, send, type Answer, type Route, type SendOptions } from './message.js';
export { callbackOf, certificateJwk, makeTestClient, subjectOf, type Constraint, type TestClient, type WantedClient } from './test-client.js';
export { headingOf, offeredAccounts, PageForm, readForm, Visitor, type Approval, type VisitorOptions } from './visitor.js';
