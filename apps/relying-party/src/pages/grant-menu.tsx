import { Card, Disclosure, Ltr, PostForm, SafeUrl, Section, Submit } from '@assent/pages';
import { isOffered, onGrant, type OpenFlow } from '../flow/actions.js';
import { askNames, asks, isRegisteredFor } from '../flow/asks.js';
import { grantIdOf } from '../flow/grant.js';
import { Actions } from './menus.js';

/** What the app can do with the grant it manages; nothing, where it manages none. */
export function GrantMenu({ flow, csrf }: { flow: OpenFlow; csrf: string }) {
  const id = grantIdOf(flow);
  if (id === undefined || flow.ended === 'grant-revoked') return null;
  const offered = onGrant.filter((action) => isOffered(action, flow));
  return (
    <Card>
      <Section>
        <h2>Manage the grant</h2>
        <p class="hint">
          Its id is <Ltr of={id} />. It names what was agreed to and opens nothing by itself.
        </p>
        {offered.length > 0 && <Actions names={offered} csrf={csrf} />}
        <Disclosure summary="Change it" open={false}>
          <Change flow={flow} csrf={csrf} />
        </Disclosure>
      </Section>
    </Card>
  );
}

const Change = ({ flow, csrf }: { flow: OpenFlow; csrf: string }) => (
  <PostForm to={SafeUrl.of('/grant')} hidden={{ csrf }} class="gap">
    <fieldset class="stack">
      <legend class="h3">What to ask for now</legend>
      {askNames
        .filter((name) => isRegisteredFor(name, flow.client.metadata))
        .map((name, index) => (
          <label class="pick" for={`change-${name}`}>
            <input type="radio" id={`change-${name}`} name="ask" value={name} checked={index === 0} />
            <span>
              <strong>{asks[name].title}</strong>
              <span class="hint">{asks[name].hint}</span>
            </span>
          </label>
        ))}
    </fieldset>
    <p class="buttons">
      <Submit id="change-merge" kind="line" name="change" value="merge">
        Add it (merge)
      </Submit>
      <Submit id="change-replace" kind="line" name="change" value="replace">
        Put it in the grant’s place (replace)
      </Submit>
    </p>
    <p class="hint">You are asked at the bank again. If you say no there, everything stays as it is.</p>
  </PostForm>
);
