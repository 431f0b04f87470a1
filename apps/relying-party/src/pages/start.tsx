import { Card, PostForm, Section, Submit, renderDocument, SafeUrl } from '@assent/pages';
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
  readonly clients: readonly { readonly metadata: Client; readonly issuerName: string }[];
}

/** Choose who asks, and how. */
export function renderStart({ bank, csrf, notice, clients }: StartModel): string {
  return renderDocument(
    <DemoPage title="Start a flow" current="/start" narrow>
      <PostForm to={SafeUrl.of('/flows')} hidden={{ csrf }} class="gap">
        <h1>Start a flow</h1>
        {notice && <Told notice={notice} />}
        <Card>
          <Question title="Who asks?" hint={`Each is registered at ${bank} with another way to authenticate and to bind its tokens.`}>
            {clients.map(({ metadata, issuerName }, index) => (
              <Pick name="client" value={metadata.client_id} checked={index === 0} title={metadata.client_name} hint={`${describe(metadata)} Issuer: ${issuerName}.`} />
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

const describe = (client: Client): string =>
  `${authentication[client.token_endpoint_auth_method] ?? client.token_endpoint_auth_method}; tokens are bound to ${client.dpop_bound_access_tokens ? 'a DPoP key' : client.tls_client_certificate_bound_access_tokens ? 'its certificate' : 'nobody, and end soon'}.`;
