import type { Client, SigningAlgName } from '@assent/protocol';
import type { Policy, PolicySource } from '../policy.js';

export type SubjectType = Client['subject_type'];

/** What a client's metadata is measured against, beside the policy. */
export interface IssuerForClients {
  readonly scopes: readonly string[];
  /** What the issuer signs ID tokens and UserInfo with; the first is the default. */
  readonly signingAlgs: readonly SigningAlgName[];
  readonly acrValues: readonly string[];
  /** How it may name customers to clients, the usual way first; `public` and `pairwise` when absent. */
  readonly subjectTypes?: readonly SubjectType[];
  /** Types of `authorization_details` it offers; none when absent. */
  readonly authorizationDetailsTypes?: readonly string[];
  /** Resource identifiers a client may introspect for. */
  readonly resources: readonly string[];
  /** Where the values of its profile come from: the clauses a refusal names. */
  readonly sources?: Readonly<Record<keyof Policy, PolicySource>>;
  /** Whether the operator wrote the metadata: only then may it say that the client is the bank's own. */
  readonly operated?: boolean;
}
