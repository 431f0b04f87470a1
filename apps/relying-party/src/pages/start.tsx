import { Card, PostForm, Section, Submit, renderDocument, SafeUrl } from '@assent/pages';
import type { Policy } from '@assent/profiles';
import type { Client } from '@assent/protocol';
import type { ComponentChildren } from 'preact';
import { askNames, asks } from '../flow/asks.js';
import type { Notice } from '../flow/refusal.js';
import { DemoPage } from './frame.js';
import { Told } from './told.js';

export interface StartModel {
  readonly bank: string;
  readonly csrf: string;
  readonly notice: Notice | undefined;
  readonly clients: readonly Asking[];
}

interface Asking {
  readonly metadata: Client;
  readonly issuerName: string;
  readonly policy: Policy;
}

/** Choose who asks, and how. */
export function renderStart({ bank, csrf, notice, clients }: StartModel): string {
  return renderDocument(
    <DemoPage title="Start a flow" current="/start" narrow>
      <PostForm to={SafeUrl.of('/flows')} hidden={{ csrf }} class="gap">
        <h1>Start a flow</h1>
        {notice && <Told notice={notice} />}
        <Card>
          <Question title="Who asks, at which issuer?" hint={`${bank} runs an issuer for each security profile. Each app is registered at one of them, with its own way to authenticate and to bind its tokens.`}>
            {issuersOf(clients).map(({ name, policy, apps }) => (
              <div role="group" aria-labelledby={`issuer-${name}`} class="issuer">
                <h2 id={`issuer-${name}`} class="h3">{name}</h2>
                <p class="hint">{termsOf(policy)}</p>
                {apps.map((metadata) => (
                  <Pick name="client" value={metadata.client_id} checked={metadata === clients[0]?.metadata} title={metadata.client_name} hint={describe(metadata)} />
                ))}
              </div>
            ))}
          </Question>
          <Question title="Ask for what?" hint="In scopes, or in detail where the app is registered for the type.">
            {askNames.map((name, index) => (
              <Pick name="ask" value={name} checked={index === 0} title={asks[name].title} hint={asks[name].hint} />
            ))}
          </Question>
          <Question title="And who you are?">
            <Pick name="identity" value="yes" checked title="Yes, that too" hint="OpenID Connect, where the app is registered for it: an ID token comes with the access token." />
            <Pick name="identity" value="no" title="No" hint="Plain OAuth: no ID token." />
          </Question>
          {clients.some(({ metadata }) => metadata.response_types.includes('code id_token')) && (
            <Question title="How does the answer come back?">
              <Pick name="answer" value="registered" checked title="As the issuer’s profile has it" hint="A plain code, or one signed response (JARM) where the profile asks for that." />
              <Pick name="answer" value="detached" title="With an ID token beside the code" hint="code id_token, for apps registered for it: the ID token signs code and state, as in FAPI 1.0 Advanced 5.2.2.1." />
            </Question>
          )}
          <Question title="Who keeps track of what you agreed to?">
            <Pick name="grant" value="create" checked title="The app manages the grant" hint="grant_management_action=create: the app learns the grant’s id, and can read, extend, replace and revoke it." />
            <Pick name="grant" value="none" title="An ordinary authorization" hint="The app gets tokens, and learns nothing of the grant behind them." />
          </Question>
          <Question title="How does it behave?">
            <Pick name="verifier" value="right" checked title="As an honest app" hint="You can misbehave later, in the inspector." />
            <Pick name="verifier" value="wrong" title="Present a stolen code" hint="The code comes back, but the app redeems it with another PKCE verifier (TM-CODE-01)." />
          </Question>
          <Section>
            <p>Next, your browser goes to {bank}.</p>
            <Submit id="start" kind="yes">
              Go to {bank}
            </Submit>
          </Section>
        </Card>
      </PostForm>
    </DemoPage>,
  );
}

const Question = ({ title, hint, children }: { title: string; hint?: string; children: ComponentChildren }) => (
  <Section look="plain">
    <fieldset class="stack">
      <legend class="h2">{title}</legend>
      {hint && <p class="hint">{hint}</p>}
      <div>{children}</div>
    </fieldset>
  </Section>
);

function Pick({ name, value, title, hint, checked }: { name: string; value: string; title: string; hint: string; checked?: boolean }) {
  const id = `${name}-${value}`;
  return (
    <label class="pick" for={id}>
      <input type="radio" id={id} name={name} value={value} checked={checked} />
      <span>
        <strong>
          <bdi>{String(title)}</bdi>
        </strong>
        <span class="hint">{String(hint)}</span>
      </span>
    </label>
  );
}

const authentication: Readonly<Record<string, string>> = {
  private_key_jwt: 'Signs an assertion (private_key_jwt)',
  tls_client_auth: 'Shows a certificate (tls_client_auth)',
  self_signed_tls_client_auth: 'Shows a certificate it signed itself (self_signed_tls_client_auth)',
};

const describe = (client: Client): string => `${authentication[client.token_endpoint_auth_method] ?? client.token_endpoint_auth_method}; tokens are ${bindingOf(client)}.`;

function bindingOf(client: Client): string {
  if (client.dpop_bound_access_tokens) return 'bound to a DPoP key';
  return client.tls_client_certificate_bound_access_tokens ? 'bound to its certificate' : 'bound to nobody, and end soon';
}

/** The issuers in the order of their first app. */
function issuersOf(clients: readonly Asking[]): readonly { readonly name: string; readonly policy: Policy; readonly apps: readonly Client[] }[] {
  const firsts = clients.filter(({ issuerName }, index) => clients.findIndex((other) => other.issuerName === issuerName) === index);
  return firsts.map(({ issuerName: name, policy }) => ({ name, policy, apps: clients.filter(({ issuerName }) => issuerName === name).map(({ metadata }) => metadata) }));
}

/** What an issuer asks of everybody, in a line. */
function termsOf({ par, requestObject, signedResponse, senderConstraint }: Policy): string {
  const pushed = par === 'required' ? 'requests are pushed' : 'requests may come through the browser';
  const signed = [isAsked(requestObject) && 'requests', isAsked(signedResponse) && 'answers'].filter((what) => what !== false);
  const tokens = senderConstraint.includes('none') ? 'tokens may be bearer tokens' : `tokens are bound by ${senderConstraint.map((way) => (way === 'dpop' ? 'DPoP' : 'certificate')).join(' or ')}`;
  const parts = [pushed, signed.length > 0 ? `${signed.join(' and ')} are signed` : 'neither requests nor answers are signed', tokens].join('; ');
  return `${parts.charAt(0).toUpperCase()}${parts.slice(1)}.`;
}

const isAsked = (demand: Policy['requestObject']): boolean => demand === 'expected' || demand === 'required';
