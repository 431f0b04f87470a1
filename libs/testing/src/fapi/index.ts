export { makeAuthority, selfSigned, type Authority, type CertifiedKey, type WantedCertificate } from './certificates.js';
export { customers, freePorts, introspectionClientId, makeConfiguration, type TestConfiguration, type TestPorts, type WantedConfiguration } from './configuration.js';
export { FapiClient, responseOf, type Change, type Exchange, type FapiClientOptions, type Prepared } from './fapi-client.js';
export * from './forge.js';
export { Message, send, type Answer, type Route, type SendOptions } from './message.js';
export { callbackOf, certificateJwk, makeTestClient, subjectOf, type Constraint, type TestClient, type WantedClient } from './test-client.js';
export { headingOf, offeredAccounts, PageForm, readForm, Visitor, type Approval, type VisitorOptions } from './visitor.js';
